/** The active policies, in the order in which they apply. */
import { undecided, type AccessRequest, type AccessSession, type Policy, type SessionLookup } from './decision.ts';
import { createOriginPolicy } from './origin-policy.ts';
import type { OwnPolicy } from './own-policy.ts';
import { createTokenPolicy, type TokenRules } from './token-policy.ts';

export interface AccessRules {
  /** Undefined: from anywhere. */
  readonly origins: readonly string[] | undefined;
  /** Undefined: there are no tokens. */
  readonly tokens: TokenRules | undefined;
}

export const createPolicies = ({ origins, tokens }: AccessRules, own: OwnPolicy): readonly Policy[] => [
  ...(origins ? [createOriginPolicy(origins)] : []),
  ...(tokens ? [createTokenPolicy(tokens)] : []),
  ...(Object.keys(own.decides).length > 0 ? [policyOf(own)] : []),
];

const policyOf = ({ decides, decide }: OwnPolicy): Policy => ({
  name: 'own',
  decides,
  readsSession: 'always',
  // It may read any field but the sdp, which WCS is told to leave out.
  reads: (_method, field) => field !== 'sdp',
  decide(request, session) {
    if ('unknown' in session && !session.isMissing) return undecided(session.unknown);
    return decide(request, whoAsks(request, session));
  },
});

/** Who is asking: a token on the hook itself overrules the session's. */
function whoAsks({ token }: AccessRequest, lookup: SessionLookup): AccessSession | undefined {
  const session = 'session' in lookup ? lookup.session : undefined;
  if (!token || !('claims' in token)) return session;
  const { sub } = token.claims;
  return { ...(session?.origin ? { origin: session.origin } : {}), ...(sub ? { sub } : {}), claims: token.claims };
}
