/** A SIP account as Parameter Store keeps it: a JSON object with WCS's field names. */
import * as v from 'valibot';
import { SIP_FIELDS, type SipField } from '../wcs/sip-fields.ts';

export interface SipAccount extends Readonly<Record<SipField, string | number | boolean>> {
  readonly sipRegisterRequired: boolean;
  readonly sipLogin: string;
  readonly sipAuthenticationName: string;
  readonly sipPassword: string;
  readonly sipDomain: string;
  readonly sipOutboundProxy: string;
  readonly sipPort: number;
  readonly sipVisibleName: string;
}

/** SIP's own. */
export const DEFAULT_PORT = 5060;
const MAX_LENGTH = 256;

/** SIP messages consist of lines: a line break would start another header. */
const text = v.pipe(
  v.string('expected a string'),
  v.maxLength(MAX_LENGTH, `expected at most ${MAX_LENGTH} characters`),
  v.check((value) => !/\p{Cc}/u.test(value), 'expected no control characters, such as line breaks'),
);
const filled = v.pipe(text, v.nonEmpty('expected at least one character'));
const port = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.digits(), v.transform(Number))], 'expected a number'),
  v.integer('expected a whole number'),
  v.minValue(1, 'expected 1 to 65535'),
  v.maxValue(65_535, 'expected 1 to 65535'),
);

const SipAccountSchema = v.strictObject({
  sipRegisterRequired: v.optional(v.boolean('expected true or false'), true),
  sipLogin: filled,
  sipAuthenticationName: v.optional(text, ''),
  sipPassword: v.optional(text, ''),
  sipDomain: filled,
  sipOutboundProxy: v.optional(text, ''),
  sipPort: v.optional(port, DEFAULT_PORT),
  sipVisibleName: v.optional(text, ''),
});

export type SipAccountReading = { readonly account: SipAccount } | { readonly problem: string };

/**
 * What is left out follows from the rest: the login is also the authentication name and the visible name, the domain is also
 * the outbound proxy, and the port is SIP's. `problem` names a field, and never contains a value.
 */
export function readSipAccount(json: string): SipAccountReading {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // The parser's own message quotes the text.
    return { problem: 'it is not JSON' };
  }
  return sipAccountOf(value);
}

/** The same for the parsed value. */
export function sipAccountOf(value: unknown): SipAccountReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'it is not a JSON object' };
  if (!Object.keys(value).every((key) => (SIP_FIELDS as readonly string[]).includes(key)))
    return { problem: `it has a field other than ${SIP_FIELDS.join(', ')}` };
  const { success, output, issues } = v.safeParse(SipAccountSchema, value, { abortEarly: true });
  if (!success) {
    const [issue] = issues;
    const field = v.getDotPath(issue) ?? 'it';
    return { problem: issue.input === undefined ? `${field} is missing` : `${field}: ${issue.message}` };
  }
  if (output.sipRegisterRequired && output.sipPassword === '')
    return { problem: 'sipPassword is missing, and sipRegisterRequired is not false' };
  return {
    account: {
      ...output,
      sipAuthenticationName: output.sipAuthenticationName || output.sipLogin,
      sipOutboundProxy: output.sipOutboundProxy || output.sipDomain,
      sipVisibleName: output.sipVisibleName || output.sipLogin,
    },
  };
}
