/** Policy `ban`: the operator keeps somebody out. It applies before all others. */
import { banOn, type Bans } from '../state/bans.ts';
import { METHOD_NAMES, METHODS, type Action, type MethodName } from '../wcs/methods.ts';
import { redactId } from '../wcs/redact-id.ts';
import { allow, deny, undecided, type AccessRequest, type Policy, type SessionLookup } from './decision.ts';

const BANNED_FROM: readonly (Action | undefined)[] = ['publish', 'play', 'call'] satisfies Action[];

/** What a ban denies: whatever a token can be required for. What is live already ends with its next keep-alive. */
export const BANNABLE: readonly MethodName[] = METHOD_NAMES.filter(
  (name) => name === 'connect' || (METHODS[name].asksFor !== undefined && BANNED_FROM.includes(METHODS[name].action)),
);

const DECIDES = Object.fromEntries(BANNABLE.map((method) => [method, []]));

interface BanRules {
  /** Undefined: they could not be read yet. */
  readonly bans: Bans | undefined;
  /** Whether there are tokens: only those name users. */
  readonly hasTokens: boolean;
  /** Whether what cannot be decided is allowed. */
  readonly failsOpen: boolean;
}

export const createBanPolicy = ({ bans, hasTokens, failsOpen }: BanRules): Policy => ({
  name: 'ban',
  decides: DECIDES,
  readsSession: hasTokens && bans?.hasUsers ? 'without a user' : 'never',
  // A field of another type than WCS documents names nobody.
  reads: () => false,
  decide(request, session) {
    const { method, body, at } = request;
    if (!bans) return failsOpen ? allow() : undecided('the bans cannot be read');
    const { name, sessionId } = body;
    const sub = userOf(request.token) ?? ('session' in session ? session.session.sub : undefined);
    const ban = banOn(
      bans,
      {
        sub,
        ...(METHODS[method].subject === 'stream' && typeof name === 'string' ? { name } : {}),
        sessionId: typeof sessionId === 'string' ? redactId(sessionId) : undefined,
      },
      at,
    );
    if (ban) return deny(ban.reason === undefined ? ban.key : `${ban.key} (${ban.reason})`);
    return isUnknown(session) && bans.hasUsers && sub === undefined && !failsOpen
      ? undecided(session.unknown)
      : allow();
  },
});

/** The user of a token, even of one that has expired. */
export const userOf = (token: AccessRequest['token']): string | undefined => {
  if (token === undefined) return undefined;
  if ('claims' in token) return token.claims.sub;
  return 'problem' in token ? token.sub : undefined;
};

/** A connection that never came has no user; one that could not be read may have a banned one. */
const isUnknown = (session: SessionLookup): session is Extract<SessionLookup, { unknown: string }> =>
  'unknown' in session && !session.isMissing;
