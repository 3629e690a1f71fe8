/** Between the policies and what they need: the hook's token, the session's row. */
import type { AccessSettings } from '../access-settings.ts';
import { actionOf } from '../access/action.ts';
import { keptText } from '../access/claims.ts';
import { decide, decidedBy, type AccessRequest, type Judgment, type MaybeSession } from '../access/decision.ts';
import { sessionOf } from '../access/session.ts';
import { tokenOf } from '../access/token-policy.ts';
import type { Ruling } from '../state/sighting.ts';
import { StoreError, type Store } from '../store/store.ts';
import type { Work } from '../store/work.ts';
import type { VerifyToken } from '../tokens.ts';
import type { Hook } from './hook.ts';

export interface Judged {
  readonly judgment: Judgment;
  /** The same, as the row is to tell it. */
  readonly ruling: Ruling;
}

export interface Court extends Omit<AccessSettings, 'tokens'> {
  readonly tokens: { readonly field: string; readonly verify: VerifyToken } | undefined;
}

const UNASKED: Judged = { judgment: { verdict: 'allow' }, ruling: {} };

/** One read of the session's row at most, and none where no policy asks for it. */
export function createJudge({ policies, failsOpen, tokens }: Court, store: Pick<Store, 'readSession'>) {
  return async (hook: Hook, work: () => Work): Promise<Judged> => {
    const asked = decidedBy(policies, hook.method);
    if (asked.length === 0) return UNASKED;
    const { method, body, at } = hook;
    const given =
      tokens && asked.some(({ name }) => name === 'token') ? tokenOf(method, body, tokens.field) : undefined;
    const token = given === undefined ? undefined : await tokens?.verify(given, at);
    const request: AccessRequest = { method, body, at, ...(token ? { token } : {}) };
    const needsSession = asked.some((policy) => policy.needsSession(request));
    const session = needsSession ? await readSession(body, work()) : undefined;
    const judgment = decide(policies, request, session, failsOpen(actionOf(method)));
    return { judgment, ruling: rulingOf(judgment, request, session) };
  };

  async function readSession(body: Hook['body'], work: Work): Promise<MaybeSession> {
    const { sessionId } = body;
    if (typeof sessionId !== 'string' || sessionId === '') return undefined;
    try {
      return sessionOf(await store.readSession(sessionId, work), body);
    } catch (error) {
      if (error instanceof StoreError) return 'unreadable';
      throw error;
    }
  }
}

function rulingOf(judgment: Judgment, { method, token }: AccessRequest, session: MaybeSession): Ruling {
  const claims = token && 'claims' in token ? token.claims : undefined;
  const sub = claims?.sub ?? (session === 'unreadable' ? undefined : session?.sub);
  const who = sub === undefined ? {} : { sub };
  if (judgment.verdict !== 'allow') return { ...who, denied: judgment.reason };
  const { overwrite, maxDuration } = judgment;
  const kept = method === 'connect' && claims ? keptText(claims) : undefined;
  return {
    ...who,
    ...(kept === undefined ? {} : { claims: kept }),
    ...(overwrite ? { overwrite } : {}),
    ...(maxDuration === undefined ? {} : { maxDuration }),
  };
}
