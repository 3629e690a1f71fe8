import * as v from 'valibot';
import { METHODS } from '../wcs/methods.ts';
import { HttpError } from './errors.ts';
import type { Middleware } from './hook-handler.ts';
import { kindOf } from './json-object.ts';

/** Holds the body to the schema of its method. A method that we do not know has none. */
export const schema: Middleware = {
  before({ event: { method, json } }) {
    if (method === undefined) return;
    const { issues } = v.safeParse(METHODS[method].schema, json, { abortEarly: true });
    if (issues) throw badField(issues[0]);
  },
};

/** What valibot calls the kinds of JSON values that the schemas know. */
const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  Array: 'an array',
  Object: 'an object',
};

/** Names the field and says what was expected. Never in valibot's own words: they quote the value. */
function badField(issue: v.BaseIssue<unknown>): HttpError {
  const field = v.getDotPath(issue) ?? '';
  return new HttpError(400, `${field}: ${problemOf(issue)}`, { field });
}

function problemOf({ kind, type, message, expected, input }: v.BaseIssue<unknown>): string {
  if (input === undefined) return 'the field is missing';
  const isOurMessage = kind === 'validation' || type === 'custom';
  return isOurMessage ? message : `expected ${EXPECTED[expected ?? ''] ?? expected}, got ${kindOf(input)}`;
}
