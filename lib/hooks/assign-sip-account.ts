/** Gives a connection its SIP account. Only the functions that serve `connect` carry it. */
import type { AccessDecision, AccessRequest } from '../access/decision.ts';
import { decideSip, sipAccountFor, type SipRules } from '../access/sip-policy.ts';
import type { LookUpSipAccount } from '../platform/sip-accounts.ts';

/** What a connection is answered, by what the other policies decided. `note` takes the error that was in the way. */
export type AssignSipAccount = (
  decision: AccessDecision,
  request: AccessRequest,
  note: (cause: unknown) => void,
) => Promise<AccessDecision>;

/** Looks nothing up for a connection that is denied, or gets no account. */
export const createAssignSipAccount =
  (rules: SipRules, lookUp: LookUpSipAccount): AssignSipAccount =>
  async (decision, request, note) => {
    if (decision.verdict !== 'allow') return decision;
    // Whoever was allowed without being verified gets no telephone line.
    const name = decision.failedOpen === undefined ? sipAccountFor(rules, request) : undefined;
    const assigned = name === undefined ? undefined : { name, lookup: await lookUp(name) };
    if (assigned && 'unavailable' in assigned.lookup) note(assigned.lookup.unavailable);
    const sip = decideSip(rules, request, assigned);
    // FAIL_OPEN does not apply: without its account a telephone is of no use, and its page tries again.
    if (sip.verdict !== 'allow') return { verdict: sip.verdict, policy: 'sip', reason: `sip: ${sip.reason}` };
    // The operator's own policy has the last word.
    const overwrite = { ...sip.overwrite, ...decision.overwrite };
    return Object.keys(overwrite).length > 0 ? { ...decision, overwrite } : decision;
  };
