/** Policy `token`: what a signed token says its bearer may do. */
import { shortName } from '../state/short-name.ts';
import { MAX_NAME_BYTES } from '../state/storable.ts';
import { METHOD_NAMES, METHODS, type Action, type MethodName } from '../wcs/methods.ts';
import { keptText, type Claims } from './claims.ts';
import { allow, deny, undecided, type AccessRequest, type PolicyDecision, type Policy } from './decision.ts';
import { namesStream } from './glob.ts';

/** What a token can be needed for. */
export const TOKEN_ACTIONS = ['connect', 'publish', 'play', 'call'] as const satisfies Action[];
export type TokenAction = (typeof TOKEN_ACTIONS)[number];

/**
 * The methods that a token is needed for, each with the fields that its claims may overwrite: of an action those that name
 * what they ask for. `connect` names nothing: a token there covers what its session asks for later.
 */
const decidedFor = (action: TokenAction): [MethodName, readonly string[]][] =>
  METHOD_NAMES.flatMap((method) => {
    const { action: own, asksFor } = METHODS[method];
    if (own !== action || asksFor === undefined) return [];
    return [[method, action === 'publish' || method === 'call' ? [asksFor] : []]];
  });

/** Where a token is, and what ties a hook to the connection that showed one. */
const FOR_TOKENS: readonly string[] = ['custom', 'sessionId', 'appKey', 'nodeId'];

export interface TokenRules {
  /** What a token is needed for; the rest needs none. */
  readonly requiredFor: readonly TokenAction[];
  /** Whether `connect` fails open: then a connection without a row may have shown a token all the same. */
  readonly connectFailsOpen: boolean;
}

export const createTokenPolicy = ({ requiredFor, connectFailsOpen }: TokenRules): Policy => ({
  name: 'token',
  decides: Object.fromEntries([['connect', []], ...requiredFor.flatMap(decidedFor)]),
  readsSession: 'without a token',
  reads: (method, field) =>
    FOR_TOKENS.includes(field) || field === METHODS[method].asksFor || field === METHODS[method].tokenField,

  decide(request, session) {
    const { method, token } = request;
    if (token && 'unverifiable' in token) return undecided('the keys cannot be had');
    if (token && 'problem' in token) return deny(token.problem);
    if (method === 'connect') {
      if (token) return keepable(token.claims);
      return requiredFor.includes('connect') ? deny(NO_TOKEN) : allow();
    }
    if (token) return grant(token.claims, request);
    if ('session' in session) return session.session.claims ? grant(session.session.claims, request) : deny(NO_TOKEN);
    if ('problem' in session) return deny(session.problem);
    // A player by URL never connects: its token is on the hook, or nowhere.
    const isNone = session.isMissing && (!connectFailsOpen || METHODS[method].isByUrl);
    return isNone ? deny(NO_TOKEN) : undecided(session.unknown);
  },
});

const NO_TOKEN = 'no token';

const keepable = (claims: Claims): PolicyDecision =>
  keptText(claims) === undefined ? deny('more claims than a session can keep') : allow();

function grant(claims: Claims, { method, body }: AccessRequest): PolicyDecision {
  const terms = claims.maxDuration === undefined ? {} : { maxDuration: claims.maxDuration };
  const { action, asksFor = '' } = METHODS[method];
  const asked = body[asksFor];
  const isListed = (globs: readonly string[] = []) => {
    // As rows show it: at most 2 KB are compared. Where the name may have been cut, only a glob that ends in * can match.
    const name = shortName(typeof asked === 'string' ? asked : '');
    const mayBeCut = Buffer.byteLength(name) > MAX_NAME_BYTES - 4;
    return globs.some((glob) => (!mayBeCut || glob.endsWith('*')) && namesStream(glob, name));
  };
  switch (action) {
    case 'publish':
      // The requested name decides, not the new one: a WCS that ignores our answer publishes under it.
      if (!isListed(claims.publish)) return deny('may not publish this name');
      return allow({ ...terms, ...(claims.rename === undefined ? {} : { overwrite: { name: claims.rename } }) });
    case 'play':
      return isListed(claims.play) ? allow(terms) : deny('may not play this name');
    default:
      // A transfer goes to somebody else: that is what the list is for.
      if (method === 'call' && claims.callee !== undefined) return allow({ overwrite: { callee: claims.callee } });
      return typeof asked === 'string' && claims.call?.includes(asked) ? allow() : deny('may not call this callee');
  }
}

/** WCS's own name for it, for all clients: the default of `client_acl_property_name`. */
const ACL_FIELD = 'aclAuth';

/** Where a hook carries its token: `custom[field]`, else `custom.aclAuth`; some methods in a field of their own. Undefined: it carries none. */
export function tokenOf(method: MethodName, body: Readonly<Record<string, unknown>>, field: string): unknown {
  const { tokenField } = METHODS[method];
  const custom = (body['custom'] ?? {}) as Readonly<Record<string, unknown>>;
  const places = [
    ...[field, ACL_FIELD].map((name) => (Object.hasOwn(custom, name) ? custom[name] : undefined)),
    tokenField && body[tokenField],
  ];
  return places.find((token) => token !== undefined && token !== null && token !== '');
}
