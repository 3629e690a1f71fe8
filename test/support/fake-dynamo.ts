/**
 * DynamoDB in memory, at the grain of single requests: what the store and the sweep send, and nothing else. It refuses
 * what it does not know, and is trusted only because the store's contract (store-contract.ts) holds against it too.
 */
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type QueryCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Item } from '../../lib/store/items.ts';
import { rowOf, type DynamoRequest, type TestDynamo } from './dynamo.ts';

type Names = Record<string, string>;
type Values = Record<string, AttributeValue>;
const scalar = (value: AttributeValue | undefined) =>
  value?.S ?? (value?.N === undefined ? value?.BOOL : Number(value.N));

export const FAKE_TABLES = { STREAMS_TABLE: 'streams', SESSIONS_TABLE: 'sessions', CALLS_TABLE: 'calls' };
const KEYS: Readonly<Record<string, string>> = { streams: 'mediaSessionId', sessions: 'sessionId', calls: 'callId' };
const SORT_KEYS: Readonly<Record<string, string>> = {
  ...{ 'streams live': 'startedAt', 'streams name': 'firstSeenAt', 'calls live': 'firstSeenAt' },
  ...{ 'streams closed': 'closedAt', 'calls closed': 'closedAt' },
};

export function createFakeDynamo({ givesItem }: { readonly givesItem: boolean }) {
  const tables: Readonly<Record<string, Map<string, Item>>> = {
    ...{ streams: new Map(), sessions: new Map(), calls: new Map() },
  };
  let batches = 0;

  const itemsOf = (table = '') => {
    const items = tables[table];
    if (!items) throw new ResourceNotFoundException({ message: 'no such table', $metadata: {} });
    return items;
  };

  function execute(command: { input: object }): object {
    const { input } = command;
    if (command instanceof GetItemCommand) return withItem(command.input.TableName, command.input.Key);
    if (command instanceof UpdateItemCommand) return update(command.input);
    if (command instanceof QueryCommand) {
      return query(command.input);
    }
    if (command instanceof BatchGetItemCommand) {
      const [[table = '', { Keys = [] } = {}] = []] = Object.entries(command.input.RequestItems ?? {});
      // As a busy table does, it leaves some for later: every third time the last half.
      const processed = batches++ % 3 === 1 ? Keys.slice(0, Keys.length / 2) : Keys;
      const unprocessed = Keys.slice(processed.length);
      return {
        Responses: { [table]: processed.map((key) => withItem(table, key).Item).filter((item) => item !== undefined) },
        UnprocessedKeys: unprocessed.length > 0 ? { [table]: { Keys: unprocessed } } : {},
      };
    }
    throw refused(input);
  }

  /** In the order of the sort key, in pages. */
  function query({
    TableName,
    IndexName = '',
    KeyConditionExpression,
    ExpressionAttributeValues,
    ExclusiveStartKey,
    Limit = 1000,
  }: QueryCommandInput): object {
    const sortKey = SORT_KEYS[`${TableName} ${IndexName}`];
    const key = IndexName === 'closed' ? 'closedIn' : IndexName;
    if (KeyConditionExpression !== `#${key} = :key` || !sortKey) throw refused({ KeyConditionExpression });
    const wanted = ExpressionAttributeValues?.[':key']?.S;
    const place = (item: Item) => `${item[sortKey]?.S} ${idOf(TableName, item)}`;
    const after = ExclusiveStartKey ? place(ExclusiveStartKey) : '';
    const found = [...itemsOf(TableName).values()]
      .filter((item) => item[key]?.S === wanted && place(item) > after)
      .sort((a, b) => (place(a) < place(b) ? -1 : 1));
    const page = found.slice(0, Limit).map((item) => ({ ...item }));
    return { Items: page, ...(found.length > page.length ? { LastEvaluatedKey: page.at(-1) } : {}) };
  }

  function withItem(table: string | undefined, key: Item | undefined): { Item?: Item } {
    const item = itemsOf(table).get(idOf(table, key));
    return item ? { Item: { ...item } } : {};
  }

  function update(input: UpdateItemCommandInput): object {
    const { TableName, Key, UpdateExpression = '', ConditionExpression, ExpressionAttributeNames: names = {} } = input;
    const values = input.ExpressionAttributeValues ?? {};
    const items = itemsOf(TableName);
    const id = idOf(TableName, Key);
    const before = items.get(id);
    if (ConditionExpression !== undefined && !holds(ConditionExpression, before ?? {}, names, values)) {
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        ...(givesItem && before && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
          ? { Item: { ...before } }
          : {}),
      });
    }
    const after = updated(UpdateExpression, before ?? { ...Key }, names, values);
    items.set(id, after);
    if (input.ReturnValues === undefined) return {};
    if (input.ReturnValues !== 'ALL_OLD') throw refused({ ReturnValues: input.ReturnValues });
    return before ? { Attributes: before } : {};
  }

  return {
    streams: itemsOf('streams'),
    sessions: itemsOf('sessions'),
    calls: itemsOf('calls'),
    send: ((command: { input: object }) => Promise.resolve().then(() => execute(command))) as DynamoDBClient['send'],
  };
}

const idOf = (table = '', key: Item | undefined) => {
  const id = key?.[KEYS[table] ?? '']?.S;
  if (!id) throw refused(key ?? {});
  return id;
};

const refused = (what: object) => new Error(`the fake DynamoDB does not know ${JSON.stringify(what)}`);

const NAME = '#\\w+';
const VALUE = ':\\w+';
const ATOM = new RegExp(`^(?:attribute_not_exists\\((${NAME})\\)|(${NAME}) (<|=) (${VALUE}))$`);

/** `a OR (b AND c)`, `a AND b`, `a`: no deeper. */
function holds(condition: string, item: Item, names: Names, values: Values): boolean {
  return condition.split(' OR ').some((side) =>
    side
      .replace(/^\((.*)\)$/, '$1')
      .split(' AND ')
      .every((atom) => {
        const [, absent, name = '', operator, value = ''] =
          ATOM.exec(atom) ??
          (() => {
            throw refused({ condition });
          })();
        if (absent) return item[names[absent] ?? ''] === undefined;
        const [left, right] = [scalar(item[names[name] ?? '']), scalar(values[value])];
        if (left === undefined || right === undefined) return false;
        return operator === '<' ? left < right : left === right;
      }),
  );
}

const OPERAND = `(?:if_not_exists\\((${NAME}), (${VALUE})\\)|(${VALUE}))`;
const SET = new RegExp(`(${NAME}) = ${OPERAND}(?: ([+-]) ${OPERAND})?(?:, |$)`, 'y');

function updated(expression: string, before: Item, names: Names, values: Values): Item {
  const [, sets = '', removes = ''] = /^(?:SET (.*?))?(?:(?:^| )REMOVE (.*))?$/.exec(expression) ?? [];
  if (sets === '' && removes === '') throw refused({ expression });
  const after = { ...before };
  SET.lastIndex = 0;
  while (SET.lastIndex < sets.length) {
    const [, name = '', ...parts] =
      SET.exec(sets) ??
      (() => {
        throw refused({ expression });
      })();
    const valueOf = (existing?: string, fallback = '', given = fallback) => {
      const operand = (existing && before[names[existing] ?? '']) || values[given];
      if (!operand) throw refused({ expression });
      return operand;
    };
    const left = valueOf(...parts.slice(0, 3));
    const sign = parts[3];
    after[names[name] ?? ''] = sign ? computed(left, sign, valueOf(...parts.slice(4))) : left;
  }
  for (const name of removes.split(', ').filter(Boolean)) delete after[names[name] ?? ''];
  return after;
}

/** DynamoDB counts in decimals; ours have three at most. */
const computed = (left: AttributeValue, sign: string, right: AttributeValue): AttributeValue => ({
  N: String(Number((Number(left.N) + (sign === '+' ? 1 : -1) * Number(right.N)).toFixed(3))),
});

/** The fake with the controls of `startDynamo`, so that the same contract holds both; it sends again as the SDK does. */
export function startFakeDynamo({ givesItem = true } = {}): Promise<TestDynamo> {
  const fake = createFakeDynamo({ givesItem });
  const requests: DynamoRequest[] = [];
  const control: TestDynamo['control'] = { fault: () => undefined, delay: 0 };
  const direct = { send: fake.send, destroy: () => {} } as unknown as DynamoDBClient;

  async function send(
    command: UpdateItemCommand,
    { abortSignal }: { abortSignal?: AbortSignal } = {},
  ): Promise<object> {
    for (let attempt = 1; attempt <= 3; attempt++) {
      const request = {
        operation: command.constructor.name.replace(/Command$/, ''),
        body: command.input as unknown as Record<string, unknown>,
      };
      requests.push(request);
      const fault = await control.fault(request);
      if (control.delay > 0) await sleep(control.delay, undefined, abortSignal ? { signal: abortSignal } : {});
      if (fault === 'lose request') continue;
      const answer = await fake.send(command);
      if (fault !== 'lose answer') return answer;
    }
    throw new Error('the connection was lost three times');
  }

  const item = (id: string) => Promise.resolve(fake.streams.get(id));
  return Promise.resolve({
    client: { send, destroy: () => {} } as unknown as DynamoDBClient,
    direct,
    table: FAKE_TABLES.STREAMS_TABLE,
    sessionsTable: FAKE_TABLES.SESSIONS_TABLE,
    callsTable: FAKE_TABLES.CALLS_TABLE,
    requests,
    control,
    item,
    callItem: (id: string) => Promise.resolve(fake.calls.get(id)),
    row: async (id: string) => rowOf(await item(id)),
    sessionRow: (id: string) => Promise.resolve(rowOf(fake.sessions.get(id))),
    callRow: (id: string) => Promise.resolve(rowOf(fake.calls.get(id))),
    set(id: string, attributes: Record<string, AttributeValue | undefined>) {
      const merged = { mediaSessionId: { S: id }, ...fake.streams.get(id), ...attributes };
      fake.streams.set(id, Object.fromEntries(Object.entries(merged).filter(([, value]) => value)));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
}
