/** Hooks through the deployed URL: every method, every recorded body, and what must be rejected. */
import { HOOK_FUNCTIONS } from '../../../infra/cloudformation/functions.ts';
import { METHOD_NAMES, METHODS, OTHER_SPELLINGS, type MethodName } from '../../../lib/wcs/methods.ts';
import { sign } from '../../../lib/wcs/signature.ts';
import { createWcs, type Hook } from '../../simulator/wcs.ts';
import { FIXTURES } from '../../support/fixtures.ts';
import type { Aws } from './aws.ts';
import { linesOf } from './logs.ts';
import type { Stage } from './stage.ts';

const recorded = (): Hook[] => FIXTURES.map(({ method, text }) => ({ method, body: text }));

const STATUS: Record<string, string> = { ConnectionStatusEvent: 'ESTABLISHED', RegistrationStatusEvent: 'REGISTERED' };
/** A hook of a method with all that any of them needs. */
export const hookOf = (method: string, subject: string, fields: object = {}): Hook => ({
  method,
  body: JSON.stringify({
    ...{ mediaSessionId: `stream-of-${subject}`, sessionId: `session-of-${subject}`, callId: `call-of-${subject}` },
    ...{ nodeId: 'node', appKey: 'app', name: `name-of-${subject}`, published: true },
    ...{ status: STATUS[method] ?? 'PUBLISHING', ...fields },
  }),
});

/** Sends hooks one after another, signed. @returns a sentence for each that is not acknowledged */
export async function problemsOfEchoes({ url, secret }: Stage, hooks: readonly Hook[]): Promise<string[]> {
  const wcs = createWcs({ url, secret, timeout: 15_000, connections: 1 });
  const problems: string[] = [];
  for (const hook of hooks) {
    const { acknowledged, status } = await wcs.send(hook);
    if (!acknowledged) problems.push(`${hook.method} was answered ${status}${status === 200 ? ', but no echo' : ''}`);
  }
  wcs.close();
  return problems;
}

/** As a WCS asks whose URL ends with a slash. */
const WITH_SLASH: MethodName = 'RegistrationStatusEvent';

/** To be echoed: the other spellings, a slash too many and a method of a newer WCS are the catch-all's. */
export const allHooks = (subject: string) => [
  ...recorded(),
  ...[...METHOD_NAMES, ...Object.keys(OTHER_SPELLINGS), `${WITH_SLASH}/`, 'NovelEvent'].map((method) =>
    hookOf(method, subject),
  ),
];

/** Whether each method came to the function of its type; to be asked after all were sent. */
export async function problemsOfRouting(aws: Aws, { prefix }: Stage): Promise<string[]> {
  const served = new Map<string, Set<string>>();
  for (const name of HOOK_FUNCTIONS) {
    for (const { message, method } of await linesOf(aws, prefix, name)) {
      if (message === 'hook') served.set(String(method), (served.get(String(method)) ?? new Set()).add(name));
    }
  }
  /** The catch-all belongs to the function of invocations. */
  const isCaught = (method: MethodName) =>
    method === WITH_SLASH || Object.values<MethodName>(OTHER_SPELLINGS).includes(method);
  const expected = (method: MethodName) => [METHODS[method].type, ...(isCaught(method) ? ['invocation'] : [])];
  return METHOD_NAMES.flatMap((method) => {
    const by = [...(served.get(method) ?? [])];
    const isRight = by.includes(METHODS[method].type) && by.every((name) => expected(method).includes(name));
    return isRight ? [] : [`${method} was served by ${by.join(' and ') || 'nobody'}`];
  });
}

interface Rejected {
  readonly status: number;
  readonly method?: string;
  readonly verb?: string;
  readonly body?: string;
  readonly authorization?: string;
}

const BODY = hookOf('StreamStatusEvent', 'nobody').body;
const REJECTED: Record<string, Rejected> = {
  'a hook without credentials': { status: 403, authorization: '' },
  'a wrong signature': { status: 403, authorization: sign(Buffer.from(BODY), 'another secret') },
  'the signature of another body': { status: 403, authorization: sign(Buffer.from(`${BODY} `), 'secret') },
  'HTTP Basic where none is set': { status: 403, authorization: 'Basic d2NzOndjcw==' },
  'a body that is no JSON': { status: 400, body: '{"nodeId":' },
  'a body that is no object': { status: 400, body: '[]' },
  'a key of the wrong type': { status: 400, body: '{"mediaSessionId":5,"status":"PUBLISHING"}' },
  'a body of 256 KB and a byte': { status: 413, body: JSON.stringify({ padding: 'x'.repeat(262_145 - 14) }) },
  'another verb': { status: 404, verb: 'PUT' },
  'another path': { status: 404, method: 'deeper/StreamStatusEvent' },
};

export async function problemsOfRejections({ url, secret }: Stage): Promise<string[]> {
  const problems: string[] = [];
  for (const [what, { status, method = 'StreamStatusEvent', verb, body = BODY, authorization }] of Object.entries(
    REJECTED,
  )) {
    const answer = await fetch(`${url}/${method}`, {
      method: verb ?? 'POST',
      body,
      headers: {
        'Content-Type': 'application/json',
        ...(authorization === '' ? {} : { Authorization: authorization ?? sign(Buffer.from(body), secret) }),
      },
    });
    const text = await answer.text();
    if (answer.status !== status) problems.push(`${what} was answered ${answer.status}, expected ${status}: ${text}`);
  }
  return problems;
}
