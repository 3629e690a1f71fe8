/** The AWS that is verified: MiniStack with a front before it, and what can be asked of its API. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { environmentFor } from '../../../infra/local/deployment.ts';
import { startMiniStack } from '../../../infra/local/ministack.ts';
import { startFront, type Front } from './front.ts';
import { cleanEnvironment } from './tools.ts';

export type Call = readonly [service: string, operation: string, parameters: object];
export type Answer = Record<string, unknown>;

export interface Aws {
  readonly front: Front;
  readonly endpoint: string;
  /** The commands of its Python. */
  readonly bin: string;
  /** Of commands that ask it. */
  readonly environment: NodeJS.ProcessEnv;
  /** The answers of several calls to the API; one that failed has an `error`. */
  readonly ask: (...calls: Call[]) => Promise<Answer[]>;
  /** The items of a page or two, such as `Functions`. */
  readonly list: <Item>(service: string, operation: string, member: string, parameters?: object) => Promise<Item[]>;
  stop(): Promise<void>;
}

export async function startAws(say: (text: string) => void): Promise<Aws> {
  const front = await startFront();
  const options = { logName: 'verify-cloud.log', say, namedPort: front.port, asksRoles: true };
  const ministack = await startMiniStack(options).catch(async (error: unknown) => {
    await front.close();
    throw error;
  });
  front.open(ministack.url);
  const environment = environmentFor(front.endpoint, cleanEnvironment());
  const python = spawn(join(ministack.bin, 'python'), [join(import.meta.dirname, 'ask.py')], {
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(python.stdout)[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();

  function ask(...calls: Call[]): Promise<Answer[]> {
    const next = last.then(async () => {
      python.stdin.write(`${JSON.stringify(calls)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('ask.py ended');
      return JSON.parse(value) as Answer[];
    });
    last = next.catch(() => {});
    return next;
  }
  async function list<Item>(service: string, operation: string, member: string, parameters: object = {}) {
    const items: Item[] = [];
    for (let token: object = {}; ;) {
      const [answer = {}] = await ask([service, operation, { ...parameters, ...token }]);
      if (answer['error']) throw new Error(`${service} ${operation}: ${JSON.stringify(answer['error'])}`);
      items.push(...((answer[member] ?? []) as Item[]));
      const next = answer['nextToken'] ?? answer['NextToken'] ?? answer['NextMarker'];
      if (typeof next !== 'string') return items;
      token = { [answer['nextToken'] ? 'nextToken' : answer['NextToken'] ? 'NextToken' : 'Marker']: next };
    }
  }
  async function stop() {
    python.stdin.end();
    await ministack.stop();
    await front.close();
  }
  return { front, endpoint: front.endpoint, bin: ministack.bin, environment, ask, list, stop };
}
