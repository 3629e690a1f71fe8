/** The rows that the probes create in the tables, and their removal. */
import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { toRow } from '../../../lib/store/items.ts';
import { leftOut, ok, warning, type Finding } from './finding.ts';
import type { Ids } from './probes.ts';
import { explain, type Stage } from '../stage-access.ts';

export type AnyRow = Readonly<Record<string, string | number | boolean | undefined>>;

export interface ProbeRows {
  readonly ids: Ids;
  /** Called before the first probe with these ids. */
  begin(): void;
  /** Called if a probe was not answered or has no row: the row may still come. */
  expectLate(): void;
  stream(): Promise<AnyRow | undefined>;
  session(): Promise<AnyRow | undefined>;
  /** May be called repeatedly, also from a signal. */
  remove(): Promise<Finding>;
}

export function createProbeRows(stage: Stage): ProbeRows {
  const { dynamo, streamsTable, sessionsTable } = stage;
  const ids = { mediaSessionId: `doctor-${randomUUID()}`, sessionId: `doctor-${randomUUID()}` };
  const streamKey = { TableName: streamsTable, Key: { mediaSessionId: { S: ids.mediaSessionId } } };
  const sessionKey = { TableName: sessionsTable, Key: { sessionId: { S: ids.sessionId } } };
  let isBegun = false;
  let isLateExpected = false;

  async function read(key: typeof streamKey | typeof sessionKey): Promise<AnyRow | undefined> {
    const { Item } = await dynamo.send(new GetItemCommand({ ...key, ConsistentRead: true }));
    // An attribute of another type is kept by its name, because no row may have one.
    return Item && { ...Object.fromEntries(Object.keys(Item).map((name) => [name, '(no scalar)'])), ...toRow(Item) };
  }

  return {
    ids,
    begin: () => void (isBegun = true),
    expectLate: () => void (isLateExpected = true),
    stream: () => read(streamKey),
    session: () => read(sessionKey),
    async remove() {
      const check = 'rows of the probes';
      if (!isBegun) return leftOut(check, 'none were created', 'No probe with an id was sent.', 'See above why.');
      const byHand =
        `Remove what may be left: mediaSessionId ${ids.mediaSessionId} in ${streamsTable}, sessionId ${ids.sessionId} ` +
        `in ${sessionsTable}, or in the tables behind --url if those are different. None is live, and each expires by itself.`;
      try {
        await Promise.all([streamKey, sessionKey].map((key) => dynamo.send(new DeleteItemCommand(key))));
      } catch (error) {
        const { said, todo } = explain(error, stage);
        return warning(
          check,
          `not removed: ${said}`,
          'They are still in the tables, or in the queue.',
          `${todo} ${byHand}`,
        );
      }
      return isLateExpected
        ? warning(check, 'removed', 'A hook that waits in the queue, or was not answered, may write one again.', byHand)
        : ok(check, 'removed', 'Nothing is left in the tables.');
    },
  };
}
