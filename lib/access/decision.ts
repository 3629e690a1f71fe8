/** Who may connect, publish, play and call: what a policy is, and what several of them together say. */
import type { MethodName } from '../wcs/methods.ts';
import type { JsonScalar } from '../wcs/rest-client-config.ts';
import { MAX_SECONDS, type Claims } from './claims.ts';

/** A hook that has to be authorized. */
export interface AccessRequest {
  readonly method: MethodName;
  /**
   * As WCS sent it, but for `name`, which is as rows show it. The fields that policies read are of their
   * documented types; `custom` holds whatever the client put there.
   */
  readonly body: Readonly<Record<string, unknown>>;
  /** When the gateway received it: milliseconds since the epoch. */
  readonly at: number;
  /** The check of the hook's own token, if it has one. */
  readonly token?: TokenCheck;
}

/**
 * `problem` never quotes the token; `sub` is its user, if the signature is valid. `unverifiable`: why the keys cannot
 * be had now, for the log.
 */
export type TokenCheck =
  | { readonly claims: Claims }
  | { readonly problem: string; readonly sub?: string }
  | { readonly unverifiable: unknown };

/** Who is asking: what the connection's row says, overruled by a token on the hook itself. */
export interface AccessSession {
  readonly sub?: string;
  /** The page's origin, as the browser sent it with `connect`. */
  readonly origin?: string;
  readonly claims?: Claims;
}

/** The connection that a hook belongs to; `problem`: why it has none; `unknown`: why we cannot tell. */
export type SessionLookup =
  | { readonly session: AccessSession }
  | { readonly problem: string }
  | { readonly unknown: string; readonly isMissing?: boolean };

/** The terms on which a hook is allowed. */
export interface Terms {
  /** Fields that WCS takes from the answer; only those that the policy lists in `decides` count. */
  readonly overwrite?: Readonly<Record<string, JsonScalar>>;
  /** Seconds after which the stream is stopped. */
  readonly maxDuration?: number;
}

export type PolicyDecision =
  | ({ readonly effect: 'allow' } & Terms)
  | { readonly effect: 'deny'; readonly reason: string }
  /** Something of ours is missing: the session's row, the keys. */
  | { readonly effect: 'undecided'; readonly reason: string };

export const allow = (terms: Terms = {}): PolicyDecision => ({ effect: 'allow', ...terms });
/** The reason goes into the row and the log; the caller only learns which policy it was. */
export const deny = (reason: string): PolicyDecision => ({ effect: 'deny', reason });
export const undecided = (reason: string): PolicyDecision => ({ effect: 'undecided', reason });

/** Decides one hook. Pure: what it needs beyond its arguments belongs in a token. */
export type AccessPolicy = (request: AccessRequest, session: AccessSession | undefined) => PolicyDecision;

export type PolicyName = 'ban' | 'origin' | 'token' | 'own' | 'sip';

/** A policy, and the hooks that it applies to. */
export interface Policy {
  readonly name: Exclude<PolicyName, 'sip'>;
  /** The methods that it decides; each with the fields that it may overwrite in the answer. */
  readonly decides: Readonly<Partial<Record<MethodName, readonly string[]>>>;
  /** When it needs the hook's session. `connect` has none yet. */
  readonly readsSession: 'never' | 'without a token' | 'without a user' | 'always';
  /** Whether it reads this field of the method's body: a hook whose field is not of its documented type is then rejected. */
  readonly reads: (method: MethodName, field: string) => boolean;
  readonly decide: (request: AccessRequest, session: SessionLookup) => PolicyDecision;
}

/** Whether a policy that applies to the method reads the field. */
export const decidesBy = (policies: readonly Policy[], method: MethodName, field: string): boolean =>
  policies.some(({ decides, reads }) => Object.hasOwn(decides, method) && reads(method, field));

/** The decision of all policies together. `policy` is all that the caller learns; `reason` begins with it. */
export type AccessDecision =
  /** `failedOpen`: why it could not be decided, where that allows the hook. */
  | ({ readonly effect: 'allow'; readonly failedOpen?: string } & Terms)
  | { readonly effect: 'deny' | 'undecided'; readonly policy: PolicyName; readonly reason: string };

/** Every policy must allow the hook. Where one cannot decide, `failsOpen` allows it; a denial by another still counts. */
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
    if (decision.effect === 'allow') {
      const overwrite = declared(decision.overwrite, decides[request.method]);
      if (overwrite) terms.overwrite = { ...terms.overwrite, ...overwrite };
      const longest = Math.min(decision.maxDuration ?? Infinity, terms.maxDuration ?? Infinity);
      if (longest <= MAX_SECONDS) terms.maxDuration = Math.max(longest, 0);
      continue;
    }
    const settled = { effect: decision.effect, policy: name, reason: `${name}: ${decision.reason}` } as const;
    if (decision.effect === 'deny') return settled;
    open ??= settled;
  }
  if (!open) return { effect: 'allow', ...terms };
  return failsOpen ? { effect: 'allow', failedOpen: open.reason, ...terms } : open;
}

/** WCS ignores all others, so the row must not show them either. */
function declared(overwrite: Terms['overwrite'], fields: readonly string[] = []): Terms['overwrite'] {
  const taken = Object.entries(overwrite ?? {}).filter(([field]) => fields.includes(field));
  return taken.length > 0 ? Object.fromEntries(taken) : undefined;
}
