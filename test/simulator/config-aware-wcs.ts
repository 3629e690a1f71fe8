/** A WCS that obeys: an answer decides what is sent next, as far as the `restClientConfig` of the connection says so. */
import { isDeepStrictEqual } from 'node:util';
import {
  createConnections,
  loginOf,
  showsAccount,
  takeAnswer,
  type Connection,
  type OpenConnection,
} from './connections.ts';
import {
  createCourses,
  isEnd,
  isStart,
  noteTime,
  rowOf,
  termination,
  type Moment,
  type StreamProgress,
  type StreamState,
} from './stream-states.ts';
import { ruleFor, type Rule } from './rules.ts';
import { parseObject, without, type Answer, type Fields, type Hook, type Wcs } from './wcs.ts';

/** What the client learns: a method and its fields, or an `ErrorEvent`. */
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
  /** By `callId`. */
  readonly calls: ReadonlyMap<string, StreamState>;
  /** By `sessionId`. */
  readonly connections: ReadonlyMap<string, Connection>;
  readonly declinedConnections: number;
}

export interface ObedienceOptions {
  /** What leaves goes through it, also the hooks that are in no script. */
  readonly wcs: Pick<Wcs, 'send'>;
  /** As a WCS that never got the `restClientConfig`: denials bind nothing but connect. */
  readonly forgetsConfig?: boolean;
  readonly onTold?: (notices: ClientNotice) => void;
}

/** A hook on its way. */
interface Step extends Hook {
  readonly scripted: Fields;
  readonly connection: OpenConnection;
  /** The stream or call that it speaks of; undefined: the session. */
  readonly progress: StreamProgress | undefined;
}

export function createConfigAwareWcs({ wcs, forgetsConfig = false, onTold }: ObedienceOptions): ConfigAwareWcs {
  const connections = createConnections();
  const progressOf = createCourses();

  function tell({ method, scripted: { sessionId }, connection }: Step, fields: Fields, { clientExclude }: Rule): void {
    const told = without(fields, clientExclude);
    connection.isShownAccount ||= showsAccount(connection, told);
    onTold?.({ sessionId, method, fields: told });
  }

  async function perform(step: Step): Promise<Answer | undefined> {
    const { method, scripted, connection, progress } = step;
    // What the config says of connect itself comes too late: in connect's answer.
    const rule = ruleFor(method === 'connect' ? undefined : connection.config, method);
    const fields = { ...scripted, ...(isOfConnection(method) ? connection.taken : {}), ...progress?.overwritten };
    if (progress && isEnd(method, scripted)) progress.isEnded = true;
    if (rule.isDisabled) {
      tell(step, fields, rule);
      return undefined;
    }
    progress?.sent.add(method);
    const from = Date.now();
    const answer = await wcs.send({ method, body: bodyOf(step, fields, rule) }, rule.taken);
    note(step, { from, to: Date.now() });
    if (method === 'connect') obeyConnect(step, answer, rule);
    else if (answer.fields) tell(step, { ...fields, ...take(step, fields, answer.fields, rule) }, rule);
    else await obeyError(step, fields, answer, rule);
    return answer;
  }

  function obeyConnect(step: Step, { fields }: Answer, rule: Rule): void {
    const { connection, scripted } = step;
    connection.asked = scripted;
    // The client hears of it from the ConnectionStatusEvent that follows.
    if (!fields) connection.isDeclined = true;
    else tell(step, scripted, rule);
    takeAnswer(connection, scripted, (!forgetsConfig && fields) || scripted);
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

  /** Without a SIP account WCS cannot place the call that a page asks for, and gets none for it. */
  async function performUnregistered(step: Step, progress: StreamProgress): Promise<Answer | undefined> {
    const { method, scripted } = step;
    const answer = method === 'call' ? await perform(step) : undefined;
    if (progress.state !== 'running') return answer;
    progress.state = 'unregistered';
    if (method !== 'call') return undefined;
    return perform(instead(step, 'CallStatusEvent', { ...scripted, status: 'FAILED', info: 'not registered' }));
  }

  return {
    async send(hook) {
      const { method } = hook;
      const scripted = parseObject(hook.body) ?? {};
      const connection = connections.of(scripted);
      const progress = progressOf.of(method, scripted);
      const step = { ...hook, scripted, connection, progress };
      if (progress && isStart(method)) begin(step, progress);
      if (connection.isDeclined) return performDeclined(step);
      const isRegistered = connection.asked === undefined || loginOf(connection) !== undefined;
      if (!isRegistered && method === 'RegistrationStatusEvent') return undefined;
      if (progress && progress.state !== 'running') return undefined;
      const isCall = progress && rowOf(method)?.subject === 'call';
      return isCall && !isRegistered ? performUnregistered(step, progress) : perform(step);
    },
    streams: progressOf.streams,
    calls: progressOf.calls,
    connections: connections.all,
    get declinedConnections() {
      return [...connections.all.values()].filter(({ isDeclined }) => isDeclined).length;
    },
  };
}

/** Whether it carries what WCS keeps with the connection. */
const isOfConnection = (method: string) => method !== 'connect' && rowOf(method)?.reportsState === true;

/** A call belongs to the account that its connection was given, whatever its page says. */
function begin({ method, connection }: Step, progress: StreamProgress): void {
  progress.isStarted = true;
  const { sipLogin } = connection.taken;
  const login = loginOf(connection);
  if (login === undefined || login !== sipLogin) return;
  if (method === 'call') progress.overwritten['caller'] = login;
  if (method === 'OnCallEvent') progress.overwritten['callee'] = login;
}

function note({ method, scripted, connection, progress }: Step, moment: Moment): void {
  const { status } = scripted;
  if (progress) noteTime(progress, method, scripted, moment);
  if (method === 'ConnectionStatusEvent' && status === 'DISCONNECTED') connection.ended = moment;
  if (method === 'RegistrationStatusEvent' && status === 'REGISTERED') connection.isRegistered = true;
}

const instead = (step: Step, method: string, fields: Fields): Step => ({
  ...step,
  method,
  body: JSON.stringify(fields),
  scripted: fields,
});

/** The script's bytes, unless a field is left out or has another value by now. */
function bodyOf({ body, scripted }: Step, fields: Fields, { restExclude }: Rule): string {
  const isChanged = restExclude.some((name) => Object.hasOwn(fields, name)) || !isDeepStrictEqual(fields, scripted);
  return isChanged ? JSON.stringify(without(fields, restExclude)) : body;
}

/** The fields of the answer that OVERWRITE takes; they stand in all later hooks of the stream. */
function take({ scripted, progress }: Step, fields: Fields, answer: Fields, { taken }: Rule): Fields {
  const changed = taken.filter((name) => Object.hasOwn(answer, name) && !isDeepStrictEqual(answer[name], fields[name]));
  if (progress) {
    for (const name of changed) {
      if (name === 'name' || name === 'callee') {
        progress.isRenamedLate ||= [...progress.sent].some((method) => !isStart(method));
      }
      if (name === 'callee') progress.redirectedTo = answer[name];
      if (isDeepStrictEqual(answer[name], scripted[name])) delete progress.overwritten[name];
      else progress.overwritten[name] = answer[name];
    }
  }
  return Object.fromEntries(changed.map((name) => [name, answer[name]]));
}
