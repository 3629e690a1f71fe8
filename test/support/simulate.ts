import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '../../infra/cli/command-line.ts';
import { authenticationProbe } from '../../infra/cli/doctor/probes.ts';
import { readOptions } from '../simulator/options.ts';
import { simulate as run } from '../simulator/simulate.ts';
import type { Hook } from '../simulator/wcs.ts';
import type { LocalStack } from './local-stack.ts';
import type { Ran } from './run-script.ts';

/** What `npm run simulate` does, in this process: one of its own takes longer to load than most runs last. */
export async function simulate(...args: string[]): Promise<Ran> {
  const options = readOptions(args, {});
  if (options === 'help') throw new Error('--help is no run');
  let [stdout, stderr] = ['', ''];
  const write = (text: string) => (stderr += text);
  const code = await run(options, { print: (line) => (stdout += `${line}\n`), screen: { write } }).then(
    (isWell) => (isWell ? 0 : 1),
    (error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      write(`${error.message}\n`);
      return 1;
    },
  );
  return { code, stdout, stderr };
}

/** Plays a scenario against a stack with the secret `secret`, and verifies its rows. */
export const playScenario = (scenario: string, { url, ports }: LocalStack, ...options: string[]) =>
  simulate(
    ...['--url', url, '--secret', 'secret', '--scenario', scenario, '--verify'],
    ...['--dynamodb', `http://127.0.0.1:${ports.DYNAMODB_PORT}`, ...options],
  );

const knocks = authenticationProbe().body.toString();

/** A backend of one function: a status and a body for each hook, or no answer at all. It opens to whoever knocks. */
export async function startBackend(
  answer: (hook: Hook) => readonly [number, string?] | undefined | Promise<readonly [number, string?]>,
) {
  const received: Hook[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const hook = { method: request.url?.split('/').pop() ?? '', body: Buffer.concat(chunks).toString() };
      if (hook.body === knocks) return void response.end(hook.body);
      received.push(hook);
      void Promise.resolve(answer(hook)).then((answered) => {
        if (answered) response.writeHead(answered[0]).end(answered[1]);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
    received,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
