/** Who may connect, publish, play and call: what a policy is, and what several of them together say. */
import type { MethodName } from '../wcs/methods.ts';
import type { JsonScalar } from '../wcs/rest-client-config.ts';
import { MAX_SECONDS, type Claims } from './claims.ts';

/** A hook that asks to be let in. */
export interface AccessRequest {
  readonly method: MethodName;
  /**
   * As WCS sent it, but for `name`, which is as rows show it. What the policies read of it is of its documented type; what
   * is in `custom` is the client's.
   */
  readonly body: Readonly<Record<string, unknown>>;
  /** When the gateway received it: milliseconds since the epoch. */
  readonly at: number;
  /** Of the hook's own token, where there is one. */
  readonly token?: TokenCheck;
}

/**
 * `problem` never holds a part of the token; `sub` is whose it is, if its signature is good. `unverifiable`: the keys
 * cannot be had now, and why, for the log.
 */
export type TokenCheck =
  | { readonly claims: Claims }
  | { readonly problem: string; readonly sub?: string }
  | { readonly unverifiable: unknown };

/** Who asks: as the row of the connection tells, and by a token on the hook itself, which wins. */
export interface AccessSession {
  readonly sub?: string;
  /** Of the page, as the browser told it at `connect`. */
  readonly origin?: string;
  readonly claims?: Claims;
}

/** The connection that a hook belongs to, or why it has none; `unknown`: why that cannot be told. */
export type SessionLookup =
  | { readonly session: AccessSession }
  | { readonly problem: string }
  | { readonly unknown: string; readonly isMissing?: boolean };

/** What a hook is let in with. */
export interface Terms {
  /** Fields that WCS is to take from the answer; those that the policy `decides` to. */
  readonly overwrite?: Readonly<Record<string, JsonScalar>>;
  /** Seconds after which the stream is stopped. */
  readonly maxDuration?: number;
}

export type PolicyDecision =
  | ({ readonly verdict: 'allow' } & Terms)
  | { readonly verdict: 'deny'; readonly reason: string }
  /** For want of a part of ours: the session's row, the keys. */
  | { readonly verdict: 'undecided'; readonly reason: string };

export const allow = (terms: Terms = {}): PolicyDecision => ({ verdict: 'allow', ...terms });
/** The reason is for the row and the log; the caller is told no more than which policy it was. */
export const deny = (reason: string): PolicyDecision => ({ verdict: 'deny', reason });
export const undecided = (reason: string): PolicyDecision => ({ verdict: 'undecided', reason });

/** Decides one hook. Pure: what is not in its arguments belongs into a token. */
export type AccessPolicy = (request: AccessRequest, session: AccessSession | undefined) => PolicyDecision;

export type PolicyName = 'origin' | 'token' | 'own' | 'sip';

/** A policy and what it is for. */
export interface Policy {
  readonly name: Exclude<PolicyName, 'sip'>;
  /** The methods that it decides; each with the fields that it may overwrite in the answer. */
  readonly decides: Readonly<Partial<Record<MethodName, readonly string[]>>>;
  /** When it looks at the session of a hook; never at that of `connect`, which begins one. */
  readonly readsSession: 'never' | 'without a token' | 'always';
  /** Whether it looks at this field of the method's body, which must be of its documented type then. */
  readonly reads: (method: MethodName, field: string) => boolean;
  readonly decide: (request: AccessRequest, session: SessionLookup) => PolicyDecision;
}

/** Whether something is decided by the field. */
export const decidesBy = (policies: readonly Policy[], method: MethodName, field: string): boolean =>
  policies.some(({ decides, reads }) => Object.hasOwn(decides, method) && reads(method, field));

/** What came of it. `policy` is all that the caller is told; `reason` begins with it. */
export type AccessDecision =
  /** `failedOpen`: why it failed open. */
  | ({ readonly verdict: 'allow'; readonly failedOpen?: string } & Terms)
  | { readonly verdict: 'deny' | 'undecided'; readonly policy: PolicyName; readonly reason: string };

/** All `policies` must allow. What cannot be decided is allowed where `failsOpen`, and never hides a denial. */
export function decide(
  policies: readonly Policy[],
  request: AccessRequest,
  session: SessionLookup,
  failsOpen: boolean,
): AccessDecision {
  const terms: { overwrite?: Record<string, JsonScalar>; maxDuration?: number } = {};
  let open: Extract<AccessDecision, { policy: string }> | undefined;
  for (const { name, decides, decide } of policies) {
    const decision = decide(request, session);
    if (decision.verdict === 'allow') {
      const overwrite = declared(decision.overwrite, decides[request.method]);
      if (overwrite) terms.overwrite = { ...terms.overwrite, ...overwrite };
      const longest = Math.min(decision.maxDuration ?? Infinity, terms.maxDuration ?? Infinity);
      if (longest <= MAX_SECONDS) terms.maxDuration = Math.max(longest, 0);
      continue;
    }
    const settled = { verdict: decision.verdict, policy: name, reason: `${name}: ${decision.reason}` } as const;
    if (decision.verdict === 'deny') return settled;
    open ??= settled;
  }
  if (!open) return { verdict: 'allow', ...terms };
  return failsOpen ? { verdict: 'allow', failedOpen: open.reason, ...terms } : open;
}

/** WCS takes no others: neither may the row show them. */
function declared(overwrite: Terms['overwrite'], fields: readonly string[] = []): Terms['overwrite'] {
  const taken = Object.entries(overwrite ?? {}).filter(([field]) => fields.includes(field));
  return taken.length > 0 ? Object.fromEntries(taken) : undefined;
}
