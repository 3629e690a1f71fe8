/** Between the policies and what they need: the hook's token, the session's row. */
import type { AccessSettings } from '../settings/access-settings.ts';
import { actionOf } from '../access/action.ts';
import { keptText } from '../access/claims.ts';
import {
  decide,
  type AccessRequest,
  type Decision,
  type Judgment,
  type Policy,
  type SessionVerdict,
} from '../access/decision.ts';
import { sessionOf } from '../access/session.ts';
import { tokenOf } from '../access/token-policy.ts';
import type { Ruling } from '../state/sighting.ts';
import { shownName } from '../state/shown-name.ts';
import { MAX_KEY_BYTES } from '../state/storable.ts';
import { StoreError, type Store } from '../store/store.ts';
import type { Work } from '../store/budget.ts';
import type { VerifyToken } from '../platform/token-verifier.ts';
import { METHOD_NAMES, type MethodName } from '../wcs/methods.ts';
import { publicId } from '../wcs/public-id.ts';
import type { Hook } from './hook.ts';

export interface Judged {
  readonly judgment: Judgment;
  /** The same, as the row is to tell it. */
  readonly ruling: Ruling;
  /** What kept it from being decided, or a bug of a policy. */
  readonly cause?: unknown;
}

export interface Court extends Omit<AccessSettings, 'tokens'> {
  readonly tokens: { readonly field: string; readonly verify: VerifyToken } | undefined;
}

const UNASKED: Judged = { judgment: { verdict: 'allow' }, ruling: {} };
const NO_SESSION: SessionVerdict = { unknown: 'the hook names no connection', isMissing: true };

/** One read of the session's row at most, and none where no policy asks for it. */
export function createJudge({ policies, failsOpen, tokens }: Court, store: Pick<Store, 'readSession'>) {
  const asks = new Map(
    METHOD_NAMES.map((method) => [method, policies.filter(({ decides }) => Object.hasOwn(decides, method))] as const),
  );
  const askedAbout = (method: MethodName): readonly Policy[] => asks.get(method) ?? [];

  async function judge(hook: Hook, work: () => Work): Promise<Judged> {
    const { method, body, at } = hook;
    const asked = askedAbout(method);
    if (asked.length === 0) return UNASKED;
    const given = tokens && tokenOf(method, body, tokens.field);
    const token = given === undefined ? undefined : await tokens?.verify(given, at);
    const request: AccessRequest = { method, body: withShownName(body), at, ...(token ? { token } : {}) };
    const causes: unknown[] = token && 'unverifiable' in token ? [token.unverifiable] : [];
    const note = (cause: unknown) => void causes.push(cause);
    const session = needsSession(asked, request) ? await readSession(body, work(), note) : NO_SESSION;
    const judgment = decide(asked.map(withoutThrowing(note)), request, session, failsOpen(actionOf(method)));
    return { judgment, ruling: rulingOf(judgment, request, session), cause: causes[0] };
  }

  async function readSession(body: Hook['body'], work: Work, note: (cause: unknown) => void): Promise<SessionVerdict> {
    const { sessionId } = body;
    if (typeof sessionId !== 'string' || sessionId === '') return NO_SESSION;
    // It can have no row.
    if (Buffer.byteLength(sessionId) > MAX_KEY_BYTES) return NO_SESSION;
    try {
      return sessionOf(await store.readSession(publicId(sessionId), work), body);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      note(error);
      return { unknown: 'the session cannot be read' };
    }
  }

  return { judge, isDecided: (method: MethodName) => askedAbout(method).length > 0 };
}

const withShownName = (body: Hook['body']): Hook['body'] =>
  typeof body['name'] === 'string' ? { ...body, name: shownName(body['name']) } : body;

const needsSession = (asked: readonly Policy[], { method, token }: AccessRequest) =>
  method !== 'connect' &&
  asked.some(({ readsSession }) => readsSession === 'always' || (readsSession === 'without a token' && !token));

const VERDICTS: readonly unknown[] = ['allow', 'deny', 'undecided'] satisfies Decision['verdict'][];

/** A policy that throws, or returns something else, has decided nothing. */
const withoutThrowing =
  (note: (cause: unknown) => void) =>
  (policy: Policy): Policy => ({
    ...policy,
    decide(...given) {
      try {
        const decision = policy.decide(...given);
        if (!VERDICTS.includes(decision.verdict)) throw new TypeError('the policy returned no decision');
        return decision;
      } catch (error) {
        note(error);
        return { verdict: 'undecided', reason: 'the policy failed' };
      }
    },
  });

function rulingOf(judgment: Judgment, { method, token }: AccessRequest, session: SessionVerdict): Ruling {
  const claims = token && 'claims' in token ? token.claims : undefined;
  const shown = claims ?? (token && 'problem' in token ? token : undefined);
  const sub = shown?.sub ?? ('session' in session ? session.session.sub : undefined);
  const who = { isDecided: true, ...(sub === undefined ? {} : { sub }) };
  if (judgment.verdict !== 'allow') return { ...who, denied: judgment.reason };
  const { unsure, overwrite, maxDuration } = judgment;
  const kept = method === 'connect' && claims ? keptText(claims) : undefined;
  return {
    ...who,
    ...(unsure === undefined ? {} : { unsure }),
    ...(kept === undefined ? {} : { claims: kept }),
    ...(overwrite ? { overwrite } : {}),
    ...(maxDuration === undefined ? {} : { maxDuration }),
  };
}
