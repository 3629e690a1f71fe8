import * as v from 'valibot';
import { decidesBy, type Policy } from '../access/decision.ts';
import { isKept } from '../state/sighting-of.ts';
import { METHODS, type MethodName } from '../wcs/methods.ts';
import { HttpError } from '../hooks/errors.ts';
import type { JsonObject } from '../hooks/hook.ts';
import type { Middleware } from './middleware.ts';
import { kindOf } from './json-body.ts';

/**
 * Validates the body against the schema of its method; an unknown method has none. A wrong field rejects the hook only if a
 * row or a decision depends on it. Otherwise the field is ignored (the echo keeps it): an `ended` must not be lost over a field
 * that nobody needs.
 */
export const validation = (policies: readonly Policy[]): Middleware => ({
  before({ event }) {
    const { method, json } = event;
    if (method === undefined) return;
    const wrong = wrongFields(method, json);
    const needed = wrong.find(({ field }) => isKey(method, field) || decidesBy(policies, method, field));
    if (needed) throw badField(needed);
    if (wrong.length === 0) return;
    const leftOut = wrong.map(({ field }) => field);
    event.leftOut = leftOut;
    event.json = Object.fromEntries(Object.entries(json).filter(([field]) => !leftOut.includes(field)));
  },
});

/** The field of the row's id. A keep-alive without an id is echoed: under FAIL a 400 would end its stream. */
const isKey = (method: MethodName, field: string) =>
  field === METHODS[method].key && isKept(method) && method !== 'StreamKeepAliveEvent';

interface WrongField {
  readonly field: string;
  readonly issue: v.BaseIssue<unknown>;
}

/** Only fields that the schema names: a caller could make the list as long as it likes. */
function wrongFields(method: MethodName, json: JsonObject): WrongField[] {
  const entries: Readonly<Record<string, v.GenericSchema>> = METHODS[method].schema.entries;
  return Object.entries(entries).flatMap(([field, entry]) => {
    const { issues } = v.safeParse(entry, json[field], { abortEarly: true });
    return issues ? [{ field, issue: issues[0] }] : [];
  });
}

/** The types of JSON values in the schemas: valibot's name, and ours. */
const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  Array: 'an array',
  Object: 'an object',
  '(number | string)': 'a number or a string',
};

/** Names the field and says what was expected. valibot's own message would quote the value. */
function badField({ field, issue }: WrongField): HttpError {
  const path = [field, v.getDotPath(issue)].filter((part) => part !== null).join('.');
  return new HttpError(400, `${path}: ${problemOf(issue)}`, { field: path });
}

function problemOf({ kind, type, message, expected, input }: v.BaseIssue<unknown>): string {
  const isOurMessage = kind === 'validation' || type === 'custom';
  return isOurMessage ? message : `expected ${EXPECTED[expected ?? ''] ?? expected}, got ${kindOf(input)}`;
}
