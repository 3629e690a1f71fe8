/**
 * The Lambda Runtime API (2018-06-01), as far as a runtime client uses it: it asks for the next invocation, and posts the
 * response or the error of each, or that the function did not start.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

interface Invocation {
  readonly id: string;
  readonly event: object;
  readonly done: (response: unknown) => void;
  readonly failed: (error: Error) => void;
}

const VERSION = '/2018-06-01/runtime';
/** The functions' own timeout, serverless.yml. */
const TIMEOUT_MS = 10_000;

/** `onIdle` is called when the client waits for an invocation that is not there yet, `onWork` before it gets it. */
export async function startRuntimeApi({ onIdle = () => {}, onWork = () => {} } = {}) {
  const queued: Invocation[] = [];
  const running = new Map<string, Invocation>();
  const waiting: ((invocation: Invocation) => void)[] = [];
  let tellReady: () => void;
  const ready = new Promise<void>((resolve) => (tellReady = resolve));
  let tellInitError: (error: FunctionError) => void;
  const initError = new Promise<FunctionError>((resolve) => (tellInitError = resolve));
  let invocations = 0;

  const next = () =>
    new Promise<Invocation>((resolve) => {
      const invocation = queued.shift();
      if (invocation) return resolve(invocation);
      waiting.push(resolve);
      onIdle();
    });

  /** @returns the invocation whose outcome was posted; it is over */
  function end(id: string): Invocation {
    const invocation = running.get(id);
    if (!invocation) throw new Error(`no invocation ${id} is running`);
    running.delete(id);
    return invocation;
  }

  async function answer(request: IncomingMessage): Promise<{ status: number; headers?: object; body: object }> {
    const path = request.url?.startsWith(VERSION) ? request.url.slice(VERSION.length) : '';
    if (request.method === 'GET' && path === '/invocation/next') {
      tellReady();
      const invocation = await next();
      running.set(invocation.id, invocation);
      const headers = {
        'Lambda-Runtime-Aws-Request-Id': invocation.id,
        'Lambda-Runtime-Deadline-Ms': String(Date.now() + TIMEOUT_MS),
        'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:eu-central-1:000000000000:function:wcs-hooks',
        'Lambda-Runtime-Trace-Id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0',
      };
      return { status: 200, headers, body: invocation.event };
    }
    const body = JSON.parse(await text(request)) as unknown;
    const [, id = '', outcome] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (path === '/init/error') tellInitError(body as FunctionError);
    else if (outcome === 'response') end(id).done(body);
    else if (outcome === 'error') end(id).failed(new Error(`the function failed: ${JSON.stringify(body)}`));
    else throw new Error(`the Runtime API has no ${request.method} ${request.url}`);
    return { status: 202, body: { status: 'OK' } };
  }

  const server = createServer((request, response) => {
    answer(request)
      .then(({ status, headers, body }) =>
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body)),
      )
      .catch((error: Error) => response.writeHead(400).end(JSON.stringify({ errorMessage: error.message })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The function has started: its client asked for an invocation. */
    ready,
    initError,
    /** @returns the function's response; invocations that come at once wait for each other, unless the client takes several */
    invoke(event: object) {
      const id = `request-${++invocations}`;
      const response = new Promise<unknown>((done, failed) => {
        const invocation = { id, event, done, failed };
        const client = waiting.shift();
        if (!client) return queued.push(invocation);
        onWork();
        client(invocation);
      });
      return { id, response };
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
