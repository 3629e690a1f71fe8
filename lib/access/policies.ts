/** The active policies, in the order in which they are asked. */
import { undecided, type Policy } from './decision.ts';
import { createOriginPolicy } from './origin-policy.ts';
import type { OwnPolicy } from './own-policy.ts';
import { createTokenPolicy, type TokenAction } from './token-policy.ts';

export interface AccessRules {
  /** Undefined: from anywhere. */
  readonly origins: readonly string[] | undefined;
  /** What a token is needed for; undefined: there are no tokens. */
  readonly tokensFor: readonly TokenAction[] | undefined;
}

export const createPolicies = ({ origins, tokensFor }: AccessRules, own: OwnPolicy): readonly Policy[] => [
  ...(origins ? [createOriginPolicy(origins)] : []),
  ...(tokensFor ? [createTokenPolicy(tokensFor)] : []),
  ...(Object.keys(own.decides).length > 0 ? [policyOf(own)] : []),
];

const policyOf = ({ decides, decide }: OwnPolicy): Policy => ({
  name: 'own',
  decides,
  needsSession: ({ method }) => method !== 'connect',
  decide: (request, session) =>
    session === 'unreadable' ? undecided('the session cannot be read') : decide(request, session),
});
