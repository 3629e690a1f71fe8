/** A WCS that obeys: an answer decides what is sent next, as far as the `restClientConfig` of the connection says so. */
import { isDeepStrictEqual } from 'node:util';
import {
  createCourses,
  found,
  isEnd,
  isStart,
  rowOf,
  termination,
  type StreamProgress,
  type StreamState,
} from './stream-states.ts';
import { ruleFor, type Rule } from './rules.ts';
import { asObject, parseObject, without, type Answer, type Fields, type Hook, type Wcs } from './wcs.ts';

/** What the client gets to know: a method and its fields, or an `ErrorEvent`. */
export interface ClientNotice {
  readonly sessionId: unknown;
  readonly method: string;
  readonly fields: Fields;
}

export interface ConfigAwareWcs {
  /** @returns the answer; undefined if the hook is not sent */
  send(hook: Hook): Promise<Answer | undefined>;
  /** By `mediaSessionId`. */
  readonly streams: ReadonlyMap<string, StreamState>;
  readonly declinedConnections: number;
}

export interface ObedienceOptions {
  /** What leaves goes through it, also the hooks that are in no script. */
  readonly wcs: Pick<Wcs, 'send'>;
  /** As a WCS that never got the `restClientConfig`: denials bind nothing but connect. */
  readonly forgetsConfig?: boolean;
  readonly onTold?: (notices: ClientNotice) => void;
}

interface Connection {
  config: Fields | undefined;
  isDeclined: boolean;
  hasToldFailure: boolean;
}

/** A hook on its way. */
interface Step extends Hook {
  readonly scripted: Fields;
  readonly connection: Connection;
  /** The stream or call that it speaks of; undefined: the session. */
  readonly progress: StreamProgress | undefined;
}

export function createConfigAwareWcs({ wcs, forgetsConfig = false, onTold }: ObedienceOptions): ConfigAwareWcs {
  const connections = new Map<string, Connection>();
  const progressOf = createCourses();

  const tell = ({ method, scripted: { sessionId } }: Step, fields: Fields, { clientExclude }: Rule) =>
    onTold?.({ sessionId, method, fields: without(fields, clientExclude) });

  async function perform(step: Step): Promise<Answer | undefined> {
    const { method, scripted, connection, progress } = step;
    // What the config says of connect itself comes too late: in connect's answer.
    const rule = ruleFor(method === 'connect' ? undefined : connection.config, method);
    const fields = { ...scripted, ...progress?.overwritten };
    if (progress && isEnd(method, scripted)) progress.isEnded = true;
    if (rule.isDisabled) {
      tell(step, fields, rule);
      return undefined;
    }
    progress?.sent.add(method);
    const answer = await wcs.send({ method, body: bodyOf(step, fields, rule) }, rule.taken);
    if (method === 'connect') obeyConnect(step, answer, rule);
    else if (answer.fields) tell(step, { ...fields, ...take(step, fields, answer.fields, rule) }, rule);
    else await obeyError(step, fields, answer, rule);
    return answer;
  }

  function obeyConnect(step: Step, { fields }: Answer, rule: Rule): void {
    const { connection, scripted } = step;
    // The client hears of it from the ConnectionStatusEvent that follows.
    if (!fields) connection.isDeclined = true;
    else tell(step, scripted, rule);
    connection.config = forgetsConfig ? undefined : asObject(fields?.['restClientConfig']);
  }

  async function obeyError(step: Step, fields: Fields, { status }: Answer, rule: Rule): Promise<void> {
    const { method, progress } = step;
    const isDenial = status === 403 && isStart(method);
    if (!rule.failsOnError) {
      if (progress && isDenial) progress.isDeniedInVain = true;
      tell(step, fields, rule);
    } else if ((rowOf(method)?.type ?? 'event') === 'event') {
      tell(step, fields, rule);
      onTold?.({ sessionId: fields['sessionId'], method: 'ErrorEvent', fields: { method, status } });
      if (method === 'StreamKeepAliveEvent' && status === 403) await terminate(step);
    } else {
      if (progress?.state === 'running') progress.state = isDenial ? 'denied' : 'failed';
      tell(step, { ...fields, status: 'FAILED', info: `The backend answered ${status}` }, rule);
    }
  }

  async function terminate(step: Step): Promise<void> {
    const { scripted, progress } = step;
    // A keep-alive that was under way when its stream ended has nothing to stop.
    if (!progress || progress.isEnded || progress.state !== 'running') return;
    progress.state = 'terminated';
    await perform(instead(step, 'StreamStatusEvent', { ...scripted, ...termination(scripted['published']) }));
  }

  /** Of a declined connection only its failure is sent, once, where the script has its establishment. */
  async function performDeclined(step: Step): Promise<Answer | undefined> {
    const { method, scripted, connection, progress } = step;
    if (progress?.state === 'running') progress.state = 'declined';
    const isDue = method === 'ConnectionStatusEvent' && scripted['status'] === 'ESTABLISHED';
    if (!isDue || connection.hasToldFailure) return undefined;
    connection.hasToldFailure = true;
    const { nodeId, sessionId, appKey } = scripted;
    const info = 'The backend declined the connection';
    return perform(instead(step, method, { status: 'FAILED', info, nodeId, sessionId, appKey }));
  }

  return {
    async send(hook) {
      const scripted = parseObject(hook.body) ?? {};
      const { sessionId } = scripted;
      const connection = typeof sessionId === 'string' ? found(connections, sessionId, newConnection) : newConnection();
      const progress = progressOf.of(hook.method, scripted);
      if (progress && isStart(hook.method)) progress.isStarted = true;
      const step = { ...hook, scripted, connection, progress };
      if (connection.isDeclined) return performDeclined(step);
      return progress && progress.state !== 'running' ? undefined : perform(step);
    },
    streams: progressOf.streams,
    get declinedConnections() {
      return [...connections.values()].filter(({ isDeclined }) => isDeclined).length;
    },
  };
}

const newConnection = (): Connection => ({ config: undefined, isDeclined: false, hasToldFailure: false });

const instead = (step: Step, method: string, fields: Fields): Step => ({
  ...step,
  method,
  body: JSON.stringify(fields),
  scripted: fields,
});

/** The script's bytes, unless a field is left out or has another value by now. */
function bodyOf({ body, progress }: Step, fields: Fields, { restExclude }: Rule): string {
  const isChanged =
    Object.keys(progress?.overwritten ?? {}).length > 0 || restExclude.some((name) => Object.hasOwn(fields, name));
  return isChanged ? JSON.stringify(without(fields, restExclude)) : body;
}

/** The fields of the answer that OVERWRITE takes; they stand in all later hooks of the stream. */
function take({ scripted, progress }: Step, fields: Fields, answer: Fields, { taken }: Rule): Fields {
  const changed = taken.filter((name) => Object.hasOwn(answer, name) && !isDeepStrictEqual(answer[name], fields[name]));
  if (progress) {
    for (const name of changed) {
      if (name === 'name') progress.isRenamedLate ||= [...progress.sent].some((method) => !isStart(method));
      if (isDeepStrictEqual(answer[name], scripted[name])) delete progress.overwritten[name];
      else progress.overwritten[name] = answer[name];
    }
  }
  return Object.fromEntries(changed.map((name) => [name, answer[name]]));
}
