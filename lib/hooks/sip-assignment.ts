/** Gives a connection its SIP account, and hides it from the page. Only the functions that serve `connect` include it. */
import type { AccessDecision, AccessRequest, Terms } from '../access/decision.ts';
import { decideSip, sipAccountFor, type SipRules } from '../access/sip-policy.ts';
import type { LookUpSipAccount } from '../platform/sip-accounts.ts';
import type { RestClientConfig } from '../wcs/rest-client-config.ts';
import { hidingSipFields, holdsSipAccount } from '../wcs/sip-fields.ts';

export interface SipAssignment {
  /** Adds the account to what the other policies decided. `note` takes the error that prevented it. */
  readonly assign: (
    decision: AccessDecision,
    request: AccessRequest,
    note: (cause: unknown) => void,
  ) => Promise<AccessDecision>;
  /** The `restClientConfig` that goes with the fields that the answer to `connect` sets. */
  readonly configFor: (overwrite: NonNullable<Terms['overwrite']>, config: RestClientConfig) => RestClientConfig;
}

/** Looks nothing up for a connection that is denied, or gets no account. */
export const createSipAssignment = (rules: SipRules, lookUp: LookUpSipAccount): SipAssignment => ({
  async assign(decision, request, note) {
    if (decision.effect !== 'allow') return decision;
    // A client that nobody verified gets no phone line.
    const name = decision.failedOpen === undefined ? sipAccountFor(rules, request) : undefined;
    const assigned = name === undefined ? undefined : { name, lookup: await lookUp(name) };
    if (assigned && 'unavailable' in assigned.lookup) note(assigned.lookup.unavailable);
    const sip = decideSip(rules, request, assigned);
    // FAIL_OPEN does not apply: without its account a phone is of no use, and its page tries again.
    if (sip.effect !== 'allow') return { effect: sip.effect, policy: 'sip', reason: `sip: ${sip.reason}` };
    // The operator's own policy has the last word.
    const overwrite = { ...sip.overwrite, ...decision.overwrite };
    return Object.keys(overwrite).length > 0 ? { ...decision, overwrite } : decision;
  },
  configFor: (overwrite, config) => (holdsSipAccount(overwrite) ? hidingSipFields(config) : config),
});
