/** Processes one hook: authorizes it, saves what it reports, answers it. */
import type { AccessDecision, Terms } from '../access/decision.ts';
import { BANNABLE } from '../access/ban-policy.ts';
import { LEVEL } from '../state/lifecycle.ts';
import type { RecordedDecision } from '../state/sighting.ts';
import { sightingOf } from '../state/sighting-of.ts';
import { DEADLINE_MS, startBudget, type Budget } from '../store/budget.ts';
import { startDeadline, type Deadline } from '../platform/deadline.ts';
import { METHODS } from '../wcs/methods.ts';
import type { RestClientConfig } from '../wcs/rest-client-config.ts';
import { asHttpError, HttpError } from './errors.ts';
import type { HookProcessor, Hook, Result, Saved } from './hook.ts';
import { withMembers } from './json-member.ts';
import { createAuthorize, type AccessControl } from './authorize.ts';
import { createSave, type Persistence } from './save.ts';

export interface HookProcessorParts extends Persistence {
  readonly accessControl: AccessControl;
  readonly restClientConfig: RestClientConfig;
  /** Whether a keep-alive can stop a stream. */
  readonly stopsStreams: boolean;
}

export function createHookProcessor({
  accessControl,
  restClientConfig,
  stopsStreams,
  ...persistence
}: HookProcessorParts): HookProcessor {
  const { authorize, isProtected } = createAuthorize(accessControl, persistence.store);
  const save = createSave(persistence);
  const sessionsDecide = accessControl.policies.some(({ readsSession }) => readsSession !== 'never');

  /** A connection without a row would later be denied everything, so its client must connect again. */
  const mustBeSaved = (method: Hook['method']) =>
    method === 'connect' && sessionsDecide && !accessControl.failsOpen('connect');

  /**
   * Whether a failure on our side is answered 200, because an error would make WCS stop what nobody denied. Four cases:
   * a keep-alive (under FAIL an error ends its stream), `connect` (an error ends the connection), a protected method that
   * FAIL_OPEN allows, and one that has FAIL for the sake of bans alone.
   */
  function answersAnyway(method: Hook['method']): boolean {
    if (method === 'StreamKeepAliveEvent') return true;
    if (method === 'connect') return !mustBeSaved(method);
    if (isProtected(method)) return accessControl.failsOpen(METHODS[method].action);
    return stopsStreams && accessControl.bans !== undefined && BANNABLE.includes(method);
  }

  return async (hook) => {
    let deadline: Deadline | undefined;
    let started: Budget | undefined;
    // The budget starts with the first request to the store, not while keys are fetched.
    const budget = () => (started ??= startBudget((deadline = startDeadline(DEADLINE_MS)).signal));
    try {
      return await processWithin(hook, budget, () => started?.requests ?? 0);
    } finally {
      deadline?.end();
    }
  };

  async function processWithin(hook: Hook, budget: () => Budget, requests: () => number): Promise<Result> {
    const { decision, recorded, cause } = await authorize(hook, budget);
    const sighting = sightingOf(hook.method, hook.body, hook.at, recorded);
    let saved: Saved | undefined;
    let failure: unknown;
    // Whose stream it is stands in the row, not in a keep-alive.
    const bans =
      stopsStreams && hook.method === 'StreamKeepAliveEvent' ? await accessControl.bans?.current() : undefined;
    try {
      saved = sighting && (await save(hook, sighting, budget(), bans));
      if (saved?.outcome === 'parked' && mustBeSaved(hook.method)) {
        failure = new HttpError(503, 'the connection is only parked', { cause: saved.cause });
      }
    } catch (error) {
      failure = error;
    }
    const report = { ...reportOn(decision, recorded, requests()), cause: cause ?? failure ?? saved?.cause };
    if (decision.effect !== 'allow') return { ...report, ...denialOf(decision) };
    if (failure !== undefined) {
      const response = answersAnyway(hook.method)
        ? okAnswer(hook, decision.overwrite)
        : { error: asHttpError(failure) };
      return { ...report, ...response, outcome: 'failed' };
    }
    if (saved?.outcome === 'id in use' && sighting?.level === LEVEL.starting && isProtected(hook.method)) {
      // WCS sends the hook before it checks the id itself.
      return { ...report, outcome: saved.outcome, error: new HttpError(403, 'the id is in use by another client') };
    }
    if (saved?.stop !== undefined) {
      return { ...report, outcome: 'stopped', error: new HttpError(403, `the stream is stopped: ${saved.stop}`) };
    }
    const { callee } = recorded.overwrite ?? {};
    return {
      ...report,
      ...okAnswer(hook, decision.overwrite),
      ...(typeof callee === 'string' ? { callee } : {}),
      outcome: saved?.outcome ?? 'echoed',
    };
  }

  function okAnswer({ method, rawBody }: Hook, overwrite: Terms['overwrite'] = {}): Pick<Result, 'answer'> {
    if (method === 'connect') {
      const config = accessControl.sip?.configFor(overwrite, restClientConfig) ?? restClientConfig;
      return { answer: withMembers(rawBody, { ...overwrite, restClientConfig: config }) };
    }
    return Object.keys(overwrite).length > 0 ? { answer: withMembers(rawBody, overwrite) } : {};
  }
}

/** The caller learns which policy denied the hook; only the operator learns why. */
function denialOf({ effect, policy }: Extract<AccessDecision, { policy: string }>): Pick<Result, 'outcome' | 'error'> {
  return effect === 'deny'
    ? { outcome: 'denied', error: new HttpError(403, `denied by the policy ${policy}`) }
    : { outcome: 'undecided', error: new HttpError(503, 'the policies cannot be applied') };
}

function reportOn(
  decision: AccessDecision,
  { sub }: RecordedDecision,
  requests: number,
): Pick<Result, 'fields' | 'metrics'> {
  const reason = decision.effect === 'allow' ? decision.failedOpen : decision.reason;
  const isFailedOpen = reason !== undefined && decision.effect !== 'deny';
  return { fields: { reason, sub, requests }, metrics: isFailedOpen ? { failedOpen: 1 } : {} };
}
