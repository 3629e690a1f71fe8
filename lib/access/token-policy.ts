/** Policy `token`: what a signed token says its bearer may do. */
import { shownName } from '../state/shown-name.ts';
import { MAX_NAME_BYTES } from '../state/storable.ts';
import type { MethodName } from '../wcs/methods.ts';
import { actionOf, type Action } from './action.ts';
import { keptText, type Claims } from './claims.ts';
import { allow, deny, undecided, type AccessRequest, type PolicyDecision, type Policy } from './decision.ts';
import { namesStream } from './glob.ts';

/** What a token can be needed for. */
export const TOKEN_ACTIONS = ['connect', 'publish', 'play', 'call'] as const satisfies Action[];
export type TokenAction = (typeof TOKEN_ACTIONS)[number];

/** A token at `connect` is looked at in any case, as it covers what its session asks for later. */
const DECIDES: Readonly<Record<TokenAction, Policy['decides']>> = {
  connect: {},
  publish: { publishStream: ['name'] },
  play: { playStream: [], playHLS: [], playRTSP: [] },
  // A transfer is a call to somebody else.
  call: { call: [], transfer: [] },
};

/** Where a token is, and what ties a hook to the connection that showed one. */
const FOR_TOKENS: readonly string[] = ['custom', 'sessionId', 'appKey', 'nodeId'];
const ASKED_FOR: Readonly<Partial<Record<MethodName, readonly string[]>>> = {
  publishStream: ['name'],
  playStream: ['name'],
  playHLS: ['name', 'token'],
  playRTSP: ['name'],
  call: ['callee'],
  transfer: ['target'],
};

/** Players that never connect: what they may is on the hook. */
const BY_URL: readonly MethodName[] = ['playHLS', 'playRTSP'];

export interface TokenRules {
  /** What a token is needed for; the rest needs none. */
  readonly requiredFor: readonly TokenAction[];
  /** Whether connections are let in that cannot be decided: then one that is not known may have shown a token. */
  readonly connectFailsOpen: boolean;
}

export const createTokenPolicy = ({ requiredFor, connectFailsOpen }: TokenRules): Policy => ({
  name: 'token',
  decides: Object.assign({ connect: [] }, ...requiredFor.map((action) => DECIDES[action])) as Policy['decides'],
  readsSession: 'without a token',
  reads: (method, field) => FOR_TOKENS.includes(field) || (ASKED_FOR[method] ?? []).includes(field),

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
    const isNone = session.isMissing && (!connectFailsOpen || BY_URL.includes(method));
    return isNone ? deny(NO_TOKEN) : undecided(session.unknown);
  },
});

const NO_TOKEN = 'no token';

const keepable = (claims: Claims): PolicyDecision =>
  keptText(claims) === undefined ? deny('more claims than a session can keep') : allow();

function grant(claims: Claims, { method, body }: AccessRequest): PolicyDecision {
  const terms = claims.maxDuration === undefined ? {} : { maxDuration: claims.maxDuration };
  // As rows show it, so that no name costs more than its first 2 KB. What may have been cut off must not matter to the glob.
  const name = shownName(typeof body['name'] === 'string' ? body['name'] : '');
  const mayBeCut = Buffer.byteLength(name) > MAX_NAME_BYTES - 4;
  const isListed = (globs: readonly string[] = []) =>
    globs.some((glob) => (!mayBeCut || glob.endsWith('*')) && namesStream(glob, name));
  switch (actionOf(method)) {
    case 'publish':
      // The name that was asked for, not the new one: it is what counts where a WCS does not rename.
      if (!isListed(claims.publish)) return deny('may not publish this name');
      return allow({ ...terms, ...(claims.rename === undefined ? {} : { overwrite: { name: claims.rename } }) });
    case 'play':
      return isListed(claims.play) ? allow(terms) : deny('may not play this name');
    default: {
      const callee = body[method === 'transfer' ? 'target' : 'callee'];
      return typeof callee === 'string' && claims.call?.includes(callee) ? allow() : deny('may not call this callee');
    }
  }
}

/** WCS's own name for it, for all clients: the default of `client_acl_property_name`. */
const ACL_FIELD = 'aclAuth';

/** Where a hook carries its token: `custom[field]`, else `custom.aclAuth`; an old playHLS in `token`. Undefined: it carries none. */
export function tokenOf(method: MethodName, body: Readonly<Record<string, unknown>>, field: string): unknown {
  const custom = (body['custom'] ?? {}) as Readonly<Record<string, unknown>>;
  const places = [
    ...[field, ACL_FIELD].map((name) => (Object.hasOwn(custom, name) ? custom[name] : undefined)),
    method === 'playHLS' ? body['token'] : undefined,
  ];
  return places.find((token) => token !== undefined && token !== null && token !== '');
}
