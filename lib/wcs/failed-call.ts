/** What the log reports of a failed call, with the numbers shortened: more people read logs than rows. */
import { FAILURES } from './call-failures.ts';
import { METHODS, type MethodName } from './methods.ts';
import { shortNumbers, sipAddress } from './phone-number.ts';

/** How the log shows telephone numbers. */
export const NUMBER_FORMS = ['short', 'full'] as const;
export type NumberForm = (typeof NUMBER_FORMS)[number];

/** A final response of SIP that is an error, alone (486, "486") or in a status line ("SIP/2.0 486 Busy Here"). */
const SIP_ERROR = /\b[4-6]\d\d\b/;

/** Whether an event about a call, or a transfer, says that it failed. */
export function isFailedCall(method: MethodName, { status, sipStatus }: Readonly<Record<string, unknown>>): boolean {
  const { subject, type } = METHODS[method];
  if (subject !== 'call' || type !== 'event') return false;
  return (typeof status === 'string' && FAILURES.includes(status)) || SIP_ERROR.test(String(plain(sipStatus)));
}

/** Who called whom, and how it ended; never a SIP message, its headers or an SDP. The log cuts what is long. */
export function callParties(body: Readonly<Record<string, unknown>>, form: NumberForm) {
  const shown = (text: string) => (form === 'full' ? text : shortNumbers(text));
  const address = (value: unknown) => (typeof value === 'string' ? shown(sipAddress(value)) : undefined);
  const { caller, callee, target, sipStatus, info } = body;
  return {
    caller: address(caller),
    callee: address(callee),
    // Of a transfer: to whom.
    target: address(target),
    sipStatus: plain(sipStatus),
    info: typeof info === 'string' ? shown(info) : undefined,
  };
}

const plain = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? value : undefined);
