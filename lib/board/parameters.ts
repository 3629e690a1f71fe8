/** Reads the parameters of a request. An error names the wrong one, and what would be right. */
import * as v from 'valibot';
import { MAX_NAME_BYTES, storable } from '../state/storable.ts';
import { MOST_CURSOR_BYTES, MOST_ITEMS } from './page-of.ts';
import { Problem } from './problem.ts';

/** What is in a list. */
export const LISTS = ['streams', 'calls'] as const;
/** How far back the list of what ended, was denied or got lost goes. */
export const MOST_MINUTES = 60;

const number = (name: string, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,6}$/, `${name} is not a whole number: expected 1 to ${most}`),
    v.transform(Number),
    v.minValue(1, `${name} is less than 1`),
    v.maxValue(most, `${name} is more than ${most}`),
  );
export const text = (name: string, mostBytes = MAX_NAME_BYTES) =>
  v.pipe(
    v.string(`${name} is not a string`),
    v.nonEmpty(`${name} is empty: give one, or leave it out`),
    v.maxBytes(mostBytes, `${name} has more than ${mostBytes} bytes`),
  );

const COMMON = {
  kind: v.optional(v.picklist(LISTS, `kind is unknown: expected ${LISTS.join(' or ')}`), 'streams'),
  limit: v.optional(number('limit', MOST_ITEMS), '100'),
  after: v.optional(text('after', MOST_CURSOR_BYTES)),
};
export const LiveSchema = v.strictObject({
  ...COMMON,
  name: v.optional(text('name')),
  node: v.optional(text('node')),
  app: v.optional(text('app')),
});
export const ClosedSchema = v.strictObject({
  ...COMMON,
  minutes: v.optional(number('minutes', MOST_MINUTES), '15'),
});
export const NothingSchema = v.strictObject({});

/** As much as an attribute takes. */
const MOST_REASON_BYTES = 256;
export const ReasonSchema = v.optional(
  v.pipe(
    v.string('reason is not a string'),
    v.nonEmpty('reason is empty: give one, or leave it out'),
    v.maxBytes(MOST_REASON_BYTES, `reason has more than ${MOST_REASON_BYTES} bytes`),
  ),
);

/** The reason as a row keeps it, without the secrets of a URI. */
export function shownReason(given: string | undefined): string | undefined {
  const reason = given === undefined ? undefined : storable(given);
  return typeof reason === 'string' ? reason : undefined;
}

type Entries = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/** @throws Problem 400 naming the parameter */
export function readQuery<Schema extends Entries>(schema: Schema, query: URLSearchParams): v.InferOutput<Schema> {
  const names = [...query.keys()];
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined && twice in schema.entries) {
    throw new Problem(400, `${twice} is given twice: give it once`, { parameter: twice });
  }
  return validated(schema, Object.fromEntries(query), 'parameter');
}

/** @throws Problem 400 naming what is wrong */
export function validated<Schema extends Entries>(schema: Schema, given: unknown, what: string): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, given, { abortEarly: true });
  if (success) return output;
  const [issue] = issues;
  const [{ key } = { key: '' }] = issue.path ?? [];
  const parameter = String(key).slice(0, MAX_SHOWN);
  if (issue.type !== 'strict_object') throw new Problem(400, issue.message, { parameter });
  if (issue.expected !== 'never') throw new Problem(400, `${parameter} is missing`, { parameter });
  const known = Object.keys(schema.entries).join(', ');
  throw new Problem(400, `unknown ${what}: expected ${known === '' ? 'none' : `any of ${known}`}`, { parameter });
}

/** Of a name that the caller invented. */
const MAX_SHOWN = 64;
