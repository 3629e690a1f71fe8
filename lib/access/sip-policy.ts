/**
 * Policy `sip`: a connection registers with an account that the server keeps, never with one that the page brings. This is
 * the vendor's own production use of REST hooks (Click to Call).
 */
import { CONTACT_FIELD, NO_SIP_ACCOUNT, SIP_FIELDS } from '../wcs/sip-fields.ts';
import { allow, deny, undecided, type AccessRequest, type PolicyDecision } from './decision.ts';
import type { SipAccount } from './sip-account.ts';

/** Which account a connection gets if it shows no token with the claim `sip`. */
export type SipRules =
  | { readonly of: 'nobody' }
  | { readonly of: 'everybody'; readonly account: string }
  /** By `appKey`. */
  | { readonly of: 'apps'; readonly accounts: ReadonlyMap<string, string> }
  /** None of ours: the page may bring its own. */
  | { readonly of: 'client' };

/** An account, or why there is none: `problem` never contains the value of a field; `unavailable` is the cause, for the log. */
export type SipAccountLookup =
  { readonly account: SipAccount } | { readonly problem: string } | { readonly unavailable: unknown };

/** The name of the account that the connection gets; undefined if it gets none. */
export function sipAccountFor(rules: SipRules, { token, body }: AccessRequest): string | undefined {
  const claimed = token && 'claims' in token ? token.claims.sip : undefined;
  if (claimed !== undefined) return claimed;
  if (rules.of === 'everybody') return rules.account;
  return rules.of === 'apps' ? rules.accounts.get(String(body['appKey'])) : undefined;
}

/** Decides what `connect` is answered. `assigned` is the account that the connection gets, if any. */
export function decideSip(
  rules: SipRules,
  { body }: AccessRequest,
  assigned: { readonly name: string; readonly lookup: SipAccountLookup } | undefined,
): PolicyDecision {
  const brings = (field: string) => body[field] !== undefined && body[field] !== null;
  // A page must not say where the calls to an account of ours ring.
  const contact = brings(CONTACT_FIELD) ? { [CONTACT_FIELD]: null } : {};
  if (!assigned) {
    if (rules.of === 'client') return allow();
    // A page that brings nothing gets nothing, unless this stage has accounts for pages: most do not telephone.
    const isConcerned = rules.of !== 'nobody' || [...SIP_FIELDS, CONTACT_FIELD].some(brings);
    return isConcerned ? allow({ overwrite: { ...NO_SIP_ACCOUNT, ...contact } }) : allow();
  }
  const { name, lookup } = assigned;
  if ('account' in lookup) return allow({ overwrite: { ...lookup.account, ...contact } });
  if ('problem' in lookup) return deny(`the account ${name} cannot be used: ${lookup.problem}`);
  return undecided(`the account ${name} cannot be read`);
}
