import type { DynamoRequest } from './dynamo.ts';

type Value = { S?: string; N?: string; BOOL?: boolean };
interface WriteBody {
  Key: Record<string, Value>;
  UpdateExpression: string;
  ConditionExpression: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues: Record<string, Value>;
}

/** Index keys and their limits in bytes; a partition key may have 2,048, a sort key 1,024. */
const INDEX_KEYS: Record<string, number> = {
  ...{ live: 2048, name: 2048, closedIn: 2048 },
  ...{ startedAt: 1024, firstSeenAt: 1024, closedAt: 1024 },
};

/**
 * What AWS refuses of an UpdateItem and dynalite takes (Developer Guide, "Quotas in DynamoDB" and "Expressions"): the list
 * of all that is wrong with the request.
 */
export function refusedByAws({ operation, body }: DynamoRequest): string[] {
  if (operation !== 'UpdateItem') return [];
  const { Key, UpdateExpression, ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } =
    body as unknown as WriteBody;
  const problems: string[] = [];
  const bytes = (text: string | undefined) => Buffer.byteLength(text ?? '');

  const id = bytes(Object.values(Key)[0]?.S);
  if (id < 1 || id > 2048) problems.push(`a key of ${id} bytes`);
  for (const expression of [UpdateExpression, ConditionExpression]) {
    if (bytes(expression) > 4096) problems.push(`an expression of ${bytes(expression)} bytes`);
  }

  const expressions = `${UpdateExpression} ${ConditionExpression}`;
  const used = new Set(expressions.match(/[#:]\w+/g));
  const given = [...Object.keys(ExpressionAttributeNames), ...Object.keys(ExpressionAttributeValues)];
  for (const placeholder of given) if (!used.has(placeholder)) problems.push(`${placeholder} is given but not used`);
  for (const placeholder of used)
    if (!given.includes(placeholder)) problems.push(`${placeholder} is used but not given`);
  const words = expressions.replaceAll(/[#:]\w+/g, '').match(/[A-Za-z_]+/g) ?? [];
  for (const word of words) {
    if (!/^(SET|REMOVE|OR|AND|if_not_exists|attribute_not_exists)$/.test(word)) problems.push(`${word} has no alias`);
  }
  if (new Set(Object.values(ExpressionAttributeNames)).size < Object.keys(ExpressionAttributeNames).length) {
    problems.push('an attribute has two aliases');
  }

  for (const [placeholder, { S, N }] of Object.entries(ExpressionAttributeValues)) {
    if (S !== undefined && !S.isWellFormed()) problems.push(`${placeholder} is not well-formed`);
    const magnitude = Math.abs(Number(N ?? 1));
    if (magnitude !== 0 && !(magnitude >= 1e-130 && magnitude < 1e126)) problems.push(`the number ${N}`);
  }
  // `SET #1 = :2` and `SET #1 = if_not_exists(#1, :2)` of an index key.
  for (const [, alias = '', value = ''] of UpdateExpression.matchAll(/(#\d+) = (?:if_not_exists\(#\d+, )?(:\d+)/g)) {
    const name = ExpressionAttributeNames[alias] ?? '';
    const limit = INDEX_KEYS[name];
    const size = bytes(ExpressionAttributeValues[value]?.S);
    if (limit !== undefined && (size < 1 || size > limit)) problems.push(`the index key ${name} of ${size} bytes`);
  }
  return problems;
}
