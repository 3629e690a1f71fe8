/** Authorizes a hook: gives the policies that protect its method the hook's token and its session's row. */
import * as v from 'valibot';
import type { AccessSettings } from '../settings/access-settings.ts';
import { BANNABLE, createBanPolicy, userOf } from '../access/ban-policy.ts';
import { keptText } from '../access/claims.ts';
import {
  decide,
  type AccessRequest,
  type PolicyDecision,
  type AccessDecision,
  type Policy,
  type Terms,
  type SessionLookup,
} from '../access/decision.ts';
import { sessionOf } from '../access/session.ts';
import { tokenOf } from '../access/token-policy.ts';
import type { RecordedDecision } from '../state/sighting.ts';
import { shortName } from '../state/short-name.ts';
import { MAX_KEY_BYTES } from '../state/storable.ts';
import type { BanSource } from '../store/ban-list.ts';
import { StoreError, type Store } from '../store/store.ts';
import type { Budget } from '../store/budget.ts';
import type { VerifyToken } from '../platform/token-verifier.ts';
import { METHOD_NAMES, METHODS, type MethodName } from '../wcs/methods.ts';
import { redactId } from '../wcs/redact-id.ts';
import type { SipAssignment } from './sip-assignment.ts';
import type { Hook } from './hook.ts';

export interface Authorization {
  readonly decision: AccessDecision;
  /** The same decision, as the row records it. */
  readonly recorded: RecordedDecision;
  /** The error that prevented a decision, or that a policy threw. */
  readonly cause?: unknown;
}

export interface AccessControl extends Omit<AccessSettings, 'tokens' | 'sip'> {
  readonly tokens: { readonly field: string; readonly verify: VerifyToken } | undefined;
  /** Undefined in functions that serve no `connect`. */
  readonly sip: SipAssignment | undefined;
  /** Undefined where bans are off. */
  readonly bans: BanSource | undefined;
}

const NOT_PROTECTED: Authorization = { decision: { effect: 'allow' }, recorded: {} };
const NO_SESSION: SessionLookup = { unknown: 'the hook names no connection', isMissing: true };

/** Reads the session's row at most once, and not at all where no policy needs it. */
export function createAuthorize(
  { policies, failsOpen, bansFailOpen, tokens, sip, bans }: AccessControl,
  store: Pick<Store, 'readSession'>,
) {
  const policiesByMethod = new Map(
    METHOD_NAMES.map((method) => [method, policies.filter(({ decides }) => Object.hasOwn(decides, method))] as const),
  );
  const policiesFor = (method: MethodName): readonly Policy[] => policiesByMethod.get(method) ?? [];
  const hasTokens = policies.some(({ name }) => name === 'token');

  /** No policy while nobody is banned, which is nearly always. */
  async function banPolicy(method: MethodName): Promise<readonly Policy[]> {
    if (!bans || !BANNABLE.includes(method)) return [];
    const list = await bans.current();
    if (list?.byKey.size === 0) return [];
    const failsOpen = bansFailOpen(METHODS[method].action);
    return list || !failsOpen ? [createBanPolicy({ bans: list, hasTokens, failsOpen })] : [];
  }

  async function authorize(hook: Hook, budget: () => Budget): Promise<Authorization> {
    const { method, body, at } = hook;
    const policies = [...(await banPolicy(method)), ...policiesFor(method)];
    const assign = method === 'connect' ? sip?.assign : undefined;
    if (policies.length === 0 && !assign) return NOT_PROTECTED;
    const given = tokens && tokenOf(method, body, tokens.field);
    const token = given === undefined ? undefined : await tokens?.verify(given, at);
    const request: AccessRequest = { method, body: withShortName(body), at, ...(token ? { token } : {}) };
    const causes: unknown[] = token && 'unverifiable' in token ? [token.unverifiable] : [];
    const note = (cause: unknown) => void causes.push(cause);
    const session = needsSession(policies, request) ? await readSession(body, budget(), note) : NO_SESSION;
    const decided = decide(policies.map(withoutThrowing(note)), request, session, failsOpen(METHODS[method].action));
    const decision = assign ? await assign(decided, request, note) : decided;
    return { decision, recorded: recordedDecisionOf(decision, request, session), cause: causes[0] };
  }

  async function readSession(
    body: Hook['body'],
    budget: Budget,
    note: (cause: unknown) => void,
  ): Promise<SessionLookup> {
    const { sessionId } = body;
    if (typeof sessionId !== 'string' || sessionId === '') return NO_SESSION;
    // Such an id cannot have a row.
    if (Buffer.byteLength(sessionId) > MAX_KEY_BYTES) return NO_SESSION;
    try {
      return sessionOf(await store.readSession(redactId(sessionId), budget), body);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      note(error);
      return { unknown: 'the session cannot be read' };
    }
  }

  return { authorize, isProtected: (method: MethodName) => policiesFor(method).length > 0 };
}

const withShortName = (body: Hook['body']): Hook['body'] =>
  typeof body['name'] === 'string' ? { ...body, name: shortName(body['name']) } : body;

const needsSession = (policies: readonly Policy[], { method, token }: AccessRequest) =>
  method !== 'connect' &&
  policies.some(
    ({ readsSession }) =>
      readsSession === 'always' ||
      (readsSession === 'without a token' && !token) ||
      (readsSession === 'without a user' && userOf(token) === undefined),
  );

const EFFECTS: readonly unknown[] = ['allow', 'deny', 'undecided'] satisfies PolicyDecision['effect'][];

/** A policy that throws, or returns something else than a decision, counts as undecided. */
const withoutThrowing =
  (note: (cause: unknown) => void) =>
  (policy: Policy): Policy => ({
    ...policy,
    decide(...given) {
      try {
        const decision = policy.decide(...given);
        if (!EFFECTS.includes(decision.effect)) throw new TypeError('the policy returned no decision');
        const wrong = decision.effect === 'allow' ? wrongField(given[0].method, decision) : undefined;
        if (wrong !== undefined) throw new TypeError(`the policy overwrites ${wrong} with another type than WCS's`);
        return decision;
      } catch (error) {
        note(error);
        return { effect: 'undecided', reason: 'the policy failed' };
      }
    },
  });

/** A field whose new value is not of the type that WCS documents: neither WCS nor the row could take it. */
function wrongField(method: MethodName, { overwrite = {} }: Terms): string | undefined {
  const entries: Readonly<Record<string, v.GenericSchema>> = METHODS[method].schema.entries;
  return Object.keys(overwrite).find(
    (field) => Object.hasOwn(entries, field) && !v.is(entries[field] as v.GenericSchema, overwrite[field]),
  );
}

function recordedDecisionOf(
  decision: AccessDecision,
  { method, token }: AccessRequest,
  session: SessionLookup,
): RecordedDecision {
  const claims = token && 'claims' in token ? token.claims : undefined;
  const shown = claims ?? (token && 'problem' in token ? token : undefined);
  const sub = shown?.sub ?? ('session' in session ? session.session.sub : undefined);
  const who = { isDecided: true, ...(sub === undefined ? {} : { sub }) };
  // An undecided hook is recorded as denied: nothing starts either, and the reason tells them apart.
  if (decision.effect !== 'allow') return { ...who, denied: decision.reason };
  const { failedOpen, overwrite, maxDuration } = decision;
  const kept = method === 'connect' && claims ? keptText(claims) : undefined;
  return {
    ...who,
    ...(failedOpen === undefined ? {} : { failedOpen }),
    ...(kept === undefined ? {} : { claims: kept }),
    // The one of `connect` can hold a SIP account with its password: nothing of it goes into the row.
    ...(overwrite && method !== 'connect' ? { overwrite } : {}),
    ...(maxDuration === undefined ? {} : { maxDuration }),
  };
}
