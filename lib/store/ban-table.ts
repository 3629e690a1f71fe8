/** The table of bans. A ban is written as a whole, and few people write them: the last write wins. */
import {
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
  type DynamoDBClient,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { isOver, type Ban } from '../state/bans.ts';
import { toAttributeValue, type Item } from './items.ts';

/** Each container reads all of them every 5 s. */
export const MOST_BANS = 10_000;

/** There are more bans than a container reads. */
export class TooManyBansError extends Error {
  override name = 'TooManyBansError';

  constructor() {
    super(`there are more than ${MOST_BANS} bans: lift some`);
  }
}

/**
 * Reads all that hold. DynamoDB removes one days after it is over: until then it must not take the place of another.
 * @throws TooManyBansError
 */
export const createBanReader =
  (client: Pick<DynamoDBClient, 'send'>, TableName: string, now: () => number) =>
  async (abortSignal: AbortSignal): Promise<readonly Ban[]> => {
    const bans: Ban[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const page: ScanCommandOutput = await client.send(new ScanCommand({ TableName, ExclusiveStartKey }), {
        abortSignal,
      });
      bans.push(...(page.Items ?? []).map(toBan).filter((ban) => !isOver(ban, now())));
      if (bans.length > MOST_BANS) throw new TooManyBansError();
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return bans;
  };

export interface BanTable {
  /** All that hold. @throws TooManyBansError */
  read(signal: AbortSignal): Promise<readonly Ban[]>;
  put(ban: Ban, signal: AbortSignal): Promise<void>;
  /** @returns what it was; undefined where none held */
  remove(key: string, signal: AbortSignal): Promise<Ban | undefined>;
}

export const createBanTable = (
  client: Pick<DynamoDBClient, 'send'>,
  TableName: string,
  now: () => number,
): BanTable => ({
  read: createBanReader(client, TableName, now),

  async put(ban, abortSignal) {
    const Item = Object.fromEntries(
      Object.entries(ban).flatMap(([name, value]: [string, string | number | undefined]) =>
        value === undefined ? [] : [[name, toAttributeValue(value)]],
      ),
    );
    await client.send(new PutItemCommand({ TableName, Item }), { abortSignal });
  },

  async remove(key, abortSignal) {
    const { Attributes } = await client.send(
      new DeleteItemCommand({ TableName, Key: { key: { S: key } }, ReturnValues: 'ALL_OLD' }),
      { abortSignal },
    );
    const ban = Attributes && toBan(Attributes);
    return ban && !isOver(ban, now()) ? ban : undefined;
  },
});

/** Somebody may have written it in the console: an attribute of another type is left out. */
function toBan({ key, until, reason, by, at }: Item): Ban {
  const seconds = Number(until?.N);
  return {
    key: key?.S ?? '',
    ...(Number.isFinite(seconds) ? { until: seconds } : {}),
    ...(reason?.S === undefined ? {} : { reason: reason.S }),
    ...(by?.S === undefined ? {} : { by: by.S }),
    ...(at?.S === undefined ? {} : { at: at.S }),
  };
}
