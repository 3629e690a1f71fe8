/** What a hook does: it is judged, what it says is kept, and it is answered. */
import { actionOf } from '../access/action.ts';
import type { Judgment } from '../access/decision.ts';
import { LEVEL } from '../state/lifecycle.ts';
import { sightingOf, type Ruling } from '../state/sighting.ts';
import { REAL_TIME } from '../store/waiting.ts';
import { startWork, type Work } from '../store/budget.ts';
import type { RestClientConfig } from '../wcs/rest-client-config.ts';
import { asHttpError, HttpError } from './errors.ts';
import type { Act, Hook, Result } from './hook.ts';
import { withMember } from './json-member.ts';
import { createJudge, type Court } from './authorize.ts';
import { createKeep, type Keeping, type Kept } from './save.ts';

export interface ActParts extends Keeping {
  readonly court: Court;
  readonly restClientConfig: RestClientConfig;
}

export function createAct({ court, restClientConfig, ...keeping }: ActParts): Act {
  const { judge, isDecided } = createJudge(court, keeping.store);
  const keep = createKeep(keeping);
  const sessionsDecide = court.policies.some(({ readsSession }) => readsSession !== 'never');

  /** A connection that is not in the table would be refused all that it asks for: it had better come again. */
  const mustBeKept = (method: Hook['method']) => method === 'connect' && sessionsDecide && !court.failsOpen('connect');

  /**
   * Whether WCS would stop for a trouble of ours what nobody refused: a keep-alive under FAIL its stream, an error to
   * connect the connection, a decided method what the operator wants to go on.
   */
  function answersAnyway(method: Hook['method']): boolean {
    if (method === 'StreamKeepAliveEvent') return true;
    if (method === 'connect') return !mustBeKept(method);
    return isDecided(method) && court.failsOpen(actionOf(method));
  }

  return async (hook) => {
    // The time runs from the first request to the store, not while keys are fetched.
    let started: Work | undefined;
    const work = () => (started ??= startWork(REAL_TIME.deadline()));
    const { judgment, ruling, cause } = await judge(hook, work);
    const sighting = sightingOf(hook.method, hook.body, hook.at, ruling);
    let kept: Kept | undefined;
    let failure: unknown;
    try {
      kept = sighting && (await keep(hook, sighting, work()));
      if (kept?.outcome === 'parked' && mustBeKept(hook.method)) {
        failure = new HttpError(503, 'the connection is only parked', { cause: kept.cause });
      }
    } catch (error) {
      failure = error;
    }
    const told = { ...tell(judgment, ruling, started?.requests ?? 0), cause: cause ?? failure ?? kept?.cause };
    if (judgment.verdict !== 'allow') return { ...told, ...refusal(judgment) };
    if (failure !== undefined) {
      const refused = answersAnyway(hook.method) ? answer(hook, ruling.overwrite) : { refusal: asHttpError(failure) };
      return { ...told, ...refused, outcome: 'failed' };
    }
    if (kept?.outcome === 'id in use' && sighting?.level === LEVEL.starting && isDecided(hook.method)) {
      // WCS asks before it looks for the id itself.
      return { ...told, outcome: kept.outcome, refusal: new HttpError(403, 'the id is in use by another client') };
    }
    if (kept?.stop !== undefined) {
      return { ...told, outcome: 'stopped', refusal: new HttpError(403, `the stream is stopped: ${kept.stop}`) };
    }
    return { ...told, ...answer(hook, ruling.overwrite), outcome: kept?.outcome ?? 'echoed' };
  };

  function answer({ method, rawBody }: Hook, overwrite: Readonly<Record<string, string>> = {}): Pick<Result, 'answer'> {
    if (method === 'connect') return { answer: withMember(rawBody, 'restClientConfig', restClientConfig) };
    const fields = Object.entries(overwrite);
    if (fields.length === 0) return {};
    return { answer: fields.reduce((json, [name, value]) => withMember(json, name, value), rawBody) };
  }
}

/** The caller learns which policy it was, and not why: that is the operator's. */
function refusal({ verdict, policy }: Extract<Judgment, { policy: string }>): Pick<Result, 'outcome' | 'refusal'> {
  return verdict === 'deny'
    ? { outcome: 'denied', refusal: new HttpError(403, `refused by the policy ${policy}`) }
    : { outcome: 'undecided', refusal: new HttpError(503, 'the policies cannot be asked') };
}

function tell(judgment: Judgment, { sub }: Ruling, requests: number): Pick<Result, 'fields' | 'metrics'> {
  const reason = judgment.verdict === 'allow' ? judgment.unsure : judgment.reason;
  const isUnseen = reason !== undefined && judgment.verdict !== 'deny';
  return { fields: { reason, sub, requests }, metrics: isUnseen ? { decidedUnseen: 1 } : {} };
}
