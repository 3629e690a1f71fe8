/** The board of a deployed stage, through its URL: who may ask what, and that each answer is one that docs/board.openapi.json describes. */
import { BASE_PATH } from '../../../infra/cloudformation/routes.ts';
import { DOCUMENT, OPERATIONS, problemOfAnswer } from '../../support/open-api.ts';
import { runSchemathesis } from '../board-api/schemathesis.ts';
import { hookOf } from './hooks.ts';
import { expecting, type TokenFor } from './policies.ts';
import { until } from './queues.ts';
import type { Stage } from './stage.ts';
import { say } from './steps.ts';

interface Question {
  readonly token?: string;
  /** Instead of `{id}` in the path, or as the parameter `id`. */
  readonly id?: string;
  readonly query?: Record<string, string>;
  readonly body?: object;
}

const boardOf = ({ url }: Stage) => url.slice(0, -BASE_PATH.length);

function asking(stage: Stage, problems: string[]) {
  return async (status: number, operation: string, { token, id = '', query = {}, body }: Question = {}) => {
    const [method = '', path = ''] = operation.split(' ');
    const where = path.replace('{id}', isCut(id) ? '-' : encodeURIComponent(id));
    const parameters = new URLSearchParams({ ...query, ...(isCut(id) ? { id } : {}) });
    const answer = await fetch(`${boardOf(stage)}${where}?${parameters.toString()}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? undefined;
    const problem =
      answer.status === status
        ? problemOfAnswer(operation, status, type, text)
        : `${operation} was answered ${answer.status}, expected ${status}`;
    if (problem !== undefined) problems.push(`${problem}: ${id} ${text}`);
    return text;
  };
}

/** Neither the page nor the API. */
export async function problemsOfNoBoard(stage: Stage): Promise<string[]> {
  const problems: string[] = [];
  const ask = asking(stage, problems);
  for (const operation of OPERATIONS) await ask(404, operation, { id: 'any' });
  const { status } = await fetch(`${boardOf(stage)}/board`);
  return status === 404 ? problems : [...problems, `the page was answered ${status}`];
}

const PLAIN = 'board';
/** MiniStack leaves `%25` in a path as it is; AWS cuts a path at `%3F`. */
const SUBJECTS = [PLAIN, '/board/ü +&=#', 'board/50%', 'board%2F7/%C3%BC'];
const LAST = 'board?all';
const isCut = (id: string) => /[?%]/.test(id);
const STOP = 'POST /board/streams/{id}/stop';
/** Lists are shared for 2 s, and bans are read every 5 s. */
const KNOWN_SECONDS = 15;

export async function problemsOfBoard(stage: Stage, tokenFor: TokenFor): Promise<string[]> {
  const { expect, send, problems } = expecting(stage);
  const ask = asking(stage, problems);
  const token = await tokenFor('--board', 'read,stop,ban');
  const reads = await tokenFor('--board', 'read');
  for (const [path, type] of Object.entries({
    '': 'text/html',
    '/board.js': 'text/javascript',
    '/board.css': 'text/css',
  })) {
    const { status, headers } = await fetch(`${boardOf(stage)}/board${path}`);
    if (status !== 200 || !headers.get('content-type')?.startsWith(type))
      problems.push(`/board${path} was answered ${status}, ${headers.get('content-type')}`);
  }
  for (const operation of OPERATIONS) {
    await ask(401, operation, { id: 'any' });
    await ask(401, operation, { id: 'any', token: `${token.slice(0, -6)}forged` });
    if (!operation.startsWith('GET')) await ask(403, operation, { id: 'any', token: reads, body: {} });
  }

  for (const subject of [...SUBJECTS, LAST]) await goLive(expect, subject, await tokenFor('--publish', '*'));
  for (const [kind, id] of [
    ['streams', 'stream-of'],
    ['calls', 'call-of'],
  ] as const) {
    const isShown = await until(KNOWN_SECONDS, async () => {
      const live = await ask(200, 'GET /board/live', { token, query: { kind, limit: '500' } });
      return [...SUBJECTS, LAST].every((subject) => live.includes(JSON.stringify(`${id}-${subject}`)));
    });
    if (!isShown) problems.push(`not all live ${kind} are shown`);
  }
  for (const [kind, key] of [
    ['stream', 'mediaSessionId'],
    ['session', 'sessionId'],
    ['call', 'callId'],
  ] as const) {
    const operation = `GET /board/${kind}s/{id}`;
    for (const subject of [...SUBJECTS, LAST]) {
      const id = `${kind}-of-${subject}`;
      const text = await ask(200, operation, { token, id });
      if (!text.startsWith(`{"${kind}":{"${key}":${JSON.stringify(id)}`)) problems.push(`${id} is answered ${text}`);
    }
    await ask(404, operation, { token, id: 'nobody' });
  }

  await ask(404, STOP, { token, id: 'nobody', body: {} });
  for (const subject of SUBJECTS) {
    await ask(200, STOP, { token, id: `stream-of-${subject}`, body: { reason: 'night' } });
    await expect(403, 'the keep-alive of a stream that the board stopped', hookOf('StreamKeepAliveEvent', subject));
    await expect(200, 'its end', hookOf('StreamStatusEvent', subject, { status: 'UNPUBLISHED' }));
    await expect(
      200,
      'the end of its call',
      hookOf('CallStatusEvent', subject, { status: 'FINISH', isIncoming: true }),
    );
  }
  for (const [kind, id] of [
    ['streams', 'stream-of'],
    ['calls', 'call-of'],
  ] as const) {
    const isShown = await until(KNOWN_SECONDS, async () => {
      const closed = await ask(200, 'GET /board/closed', { token, query: { kind, limit: '500' } });
      return SUBJECTS.every((subject) => closed.includes(JSON.stringify(`${id}-${subject}`)));
    });
    if (!isShown) problems.push(`not all closed ${kind} are shown`);
  }
  const row = await ask(200, 'GET /board/streams/{id}', { token, id: `stream-of-${PLAIN}` });
  if (!row.includes('"stop":"night","stopBy":"alice"')) problems.push(`who stopped it is not in its row: ${row}`);

  problems.push(...(await problemsOfBans(stage, send, token)));
  await expect(200, 'the end of the last', hookOf('StreamStatusEvent', LAST, { status: 'UNPUBLISHED' }));
  return problems;
}

/** For each operation: some 400 requests, of which MiniStack serves some 20 in a second. */
const EXAMPLES = 5;

/** What schemathesis finds on what was deployed: the gateway decodes and limits before the function does. */
export async function problemsOfDescription(stage: Stage, tokenFor: TokenFor): Promise<string[]> {
  const token = await tokenFor('--board', 'read,stop,ban');
  const seed = Date.now() % 1_000_000;
  const about = { document: DOCUMENT, url: boardOf(stage), token, examples: EXAMPLES, seed, say };
  return runSchemathesis(about).then(
    () => [],
    ({ message }: Error) => [`--seed ${seed}: ${message}`],
  );
}

type Expecting = ReturnType<typeof expecting>;

/** A connection with the token, a stream and a call of it. */
async function goLive(expect: Expecting['expect'], subject: string, token: string): Promise<void> {
  await expect(200, 'a connect for the board', hookOf('connect', subject, { custom: { token } }));
  await expect(200, 'its stream', hookOf('publishStream', subject));
  await expect(200, 'the start of it', hookOf('StreamStatusEvent', subject));
  await expect(200, 'its call', hookOf('OnCallEvent', subject));
  await expect(200, 'the ringing of it', hookOf('CallStatusEvent', subject, { status: 'RING', isIncoming: true }));
}

/** By the command a user, and by the API a name: each is kept out, what is live ends, and all is well when the ban is lifted. */
async function problemsOfBans(stage: Stage, send: Expecting['send'], token: string): Promise<string[]> {
  const problems: string[] = [];
  const ask = asking(stage, problems);
  const becomes = async (status: number, what: string) => {
    const hooks = [
      hookOf('publishStream', 'of-a-ban', { sessionId: `session-of-${LAST}`, name: `name-of-${LAST}` }),
      hookOf('StreamKeepAliveEvent', LAST),
    ];
    for (const hook of hooks) {
      const isSo = await until(KNOWN_SECONDS, async () => (await send(hook)).status === status);
      if (!isSo) problems.push(`${hook.method} is not answered ${status} ${what}`);
    }
  };
  const ban = async (...options: string[]) => {
    const { code, stdout, stderr } = await stage.run('ban', ['--stage', stage.name, ...options]);
    if (code !== 0) problems.push(`ban ${options.join(' ')}: ${stdout}${stderr}`);
  };
  const listed = async (key: string) =>
    until(KNOWN_SECONDS, async () => (await ask(200, 'GET /board/bans', { token })).includes(`{"key":"${key}"`));

  await ban('--sub', 'alice', '--for', '1h', '--reason', 'spam');
  await becomes(403, 'with a ban of its user');
  if (!(await listed('sub:alice'))) problems.push('the board does not list the ban of a user');
  await ban('--sub', 'alice', '--lift');
  await becomes(200, 'after the ban of its user was lifted');

  const body = { key: `name:name-of-${LAST}`, for: '1h', reason: 'spam' };
  // As rows show the name.
  const {
    ban: { key },
  } = JSON.parse(await ask(200, 'POST /board/bans', { token, body })) as { ban: { key: string } };
  await becomes(403, 'with a ban of its name');
  if (!(await listed(key))) problems.push('the board does not list the ban of a name');
  await ask(200, 'DELETE /board/bans', { token, query: { key } });
  await ask(404, 'DELETE /board/bans', { token, query: { key } });
  await becomes(200, 'after the ban of its name was lifted');
  return problems;
}
