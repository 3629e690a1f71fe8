/** Who may connect, publish, play and call: what a policy is, and what several of them together say. */
import type { MethodName } from '../wcs/methods.ts';
import type { Claims } from './claims.ts';

/** A hook that asks to be let in. */
export interface AccessRequest {
  readonly method: MethodName;
  /** As WCS sent it; its schema let it pass. What is in `custom` is the client's. */
  readonly body: Readonly<Record<string, unknown>>;
  /** When the gateway received it: milliseconds since the epoch. */
  readonly at: number;
  /** Of the hook's own token, where there is one and a policy asks for it. */
  readonly token?: TokenVerdict;
}

/** `unverifiable`: the keys cannot be had now. `problem` never holds a part of the token. */
export type TokenVerdict = { readonly claims: Claims } | { readonly problem: string } | { readonly unverifiable: true };

/** The connection that a hook belongs to, as its row tells; `unreadable`: the store does not answer. */
export interface AccessSession {
  readonly sub?: string;
  readonly origin?: string;
  /** Of the token that it connected with. */
  readonly claims?: Claims;
}
export type MaybeSession = AccessSession | 'unreadable' | undefined;

/** What a hook is let in with. */
export interface Terms {
  /** Fields that WCS is to take from the answer; those that the policy `decides` to. */
  readonly overwrite?: Readonly<Record<string, string>>;
  /** Seconds after which the stream is stopped. */
  readonly maxDuration?: number;
}

export type Decision =
  | ({ readonly verdict: 'allow' } & Terms)
  | { readonly verdict: 'deny'; readonly reason: string }
  /** For want of a part of ours: the session's row, the keys. */
  | { readonly verdict: 'undecided'; readonly reason: string };

export const allow = (terms: Terms = {}): Decision => ({ verdict: 'allow', ...terms });
/** The reason is for the row and the log; the caller is told no more than which policy it was. */
export const deny = (reason: string): Decision => ({ verdict: 'deny', reason });
export const undecided = (reason: string): Decision => ({ verdict: 'undecided', reason });

/** Decides one hook. Pure: what is not in its arguments belongs into a token. */
export type AccessPolicy = (request: AccessRequest, session: AccessSession | undefined) => Decision;

/** A policy and what it is for. */
export interface Policy {
  readonly name: 'origin' | 'token' | 'own';
  /** The methods that it decides; each with the fields that it may overwrite in the answer. */
  readonly decides: Readonly<Partial<Record<MethodName, readonly string[]>>>;
  readonly needsSession: (request: AccessRequest) => boolean;
  readonly decide: (request: AccessRequest, session: MaybeSession) => Decision;
}

export const decidedBy = (policies: readonly Policy[], method: MethodName) =>
  policies.filter(({ decides }) => Object.hasOwn(decides, method));

/** What came of it. `policy` is all that the caller is told; `reason` begins with it. */
export type Judgment =
  /** `unsure`: why it was let in unseen. */
  | ({ readonly verdict: 'allow'; readonly unsure?: string } & Terms)
  | { readonly verdict: 'deny' | 'undecided'; readonly policy: Policy['name']; readonly reason: string };

/** All that decide the method must allow. What cannot be decided is allowed where `failsOpen`, and never hides a denial. */
export function decide(
  policies: readonly Policy[],
  request: AccessRequest,
  session: MaybeSession,
  failsOpen: boolean,
): Judgment {
  const terms: { overwrite?: Record<string, string>; maxDuration?: number } = {};
  let open: Extract<Judgment, { policy: string }> | undefined;
  for (const { name, decide } of decidedBy(policies, request.method)) {
    const decision = decide(request, session);
    if (decision.verdict === 'allow') {
      if (decision.overwrite) terms.overwrite = { ...terms.overwrite, ...decision.overwrite };
      const longest = Math.min(decision.maxDuration ?? Infinity, terms.maxDuration ?? Infinity);
      if (longest < Infinity) terms.maxDuration = longest;
      continue;
    }
    const judgment = { verdict: decision.verdict, policy: name, reason: `${name}: ${decision.reason}` } as const;
    if (decision.verdict === 'deny') return judgment;
    open ??= judgment;
  }
  if (!open) return { verdict: 'allow', ...terms };
  return failsOpen ? { verdict: 'allow', unsure: open.reason, ...terms } : open;
}
