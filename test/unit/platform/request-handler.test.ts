import { HttpRequest } from '@smithy/core/transport';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRequestHandler } from '../../../lib/platform/request-handler.ts';
import { useOwnTime, useTimeOfMachine } from '../../support/own-time.ts';

const SERVER_THAT_ENDS = `
const { parentPort, workerData } = require('node:worker_threads');
const server = require('node:http').createServer((request, response) => {
  request.resume().on('end', () => response.end('answer'));
  request.socket.once('close', () => {
    Atomics.store(workerData, 0, 1);
    Atomics.notify(workerData, 0);
  });
});
parentPort.on('message', () => server.closeIdleConnections());
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

const TIMEOUTS = { connectionTimeout: 200, requestTimeout: 200 };
type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const answerAtOnce: Answer = (request, response) => void request.resume().on('end', () => response.end('answer'));

describe('a request of the SDK', () => {
  let answer: Answer;
  let connections: number;
  const servers: Server[] = [];
  beforeEach(() => {
    answer = answerAtOnce;
    connections = 0;
    // Who asks and who answers are one process here: what it does not get to in time is no timeout.
    useOwnTime();
  });
  afterEach(() => {
    useTimeOfMachine();
    for (const server of servers.splice(0)) server.close();
  });

  async function listen(server: Server): Promise<number> {
    server.on('connection', () => connections++);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
  async function serve() {
    const server = createServer((request, response) => answer(request, response));
    server.keepAliveTimeout = 0;
    const port = await listen(server);
    return { server, request: requestTo(port) };
  }
  const requestTo = (port: number, hostname = '127.0.0.1') =>
    new HttpRequest({ protocol: 'http:', hostname, port, method: 'POST', path: '/', body: 'body' });

  it('gets its answer in bytes, with what came before and after it on one connection', async () => {
    const { request } = await serve();
    const handler = createRequestHandler(TIMEOUTS);
    for (let n = 0; n < 3; n++) {
      const { response } = await handler.handle(request);
      expect(response.statusCode).toBe(200);
      expect(String(response.body)).toBe('answer');
    }
    expect(connections).toBe(1);
    handler.destroy();
  });

  it('that is not answered in time is a TimeoutError, and its connection is not used again', async () => {
    const { request } = await serve();
    answer = (incoming) => void incoming.resume();
    const handler = createRequestHandler(TIMEOUTS);
    await expect(handler.handle(request)).rejects.toMatchObject({ name: 'TimeoutError', code: 'ETIMEDOUT' });
    answer = answerAtOnce;
    expect((await handler.handle(request)).response.statusCode).toBe(200);
    expect(connections).toBe(2);
    handler.destroy();
  });

  it('that is not connected in time is a TimeoutError', async () => {
    // An address of documentation: packets to it are lost, or refused where the machine has no way out.
    const handler = createRequestHandler({ connectionTimeout: 50, requestTimeout: 5000 });
    const started = performance.now();
    await expect(handler.handle(requestTo(9, '192.0.2.1'))).rejects.toMatchObject({
      code: expect.stringMatching(/^(ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ECONNREFUSED)$/) as string,
    });
    expect(performance.now() - started).toBeLessThan(2000);
    handler.destroy();
  });

  it('whose connection is lost is a TimeoutError, as the SDK sends such a one again', async () => {
    const { request } = await serve();
    answer = (incoming) => incoming.socket.destroy();
    const handler = createRequestHandler(TIMEOUTS);
    await expect(handler.handle(request)).rejects.toMatchObject({ name: 'TimeoutError', code: 'ECONNRESET' });
    // In the midst of the answer.
    answer = (incoming, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('some');
      setTimeout(() => incoming.socket.destroy(), 20);
    };
    await expect(handler.handle(request)).rejects.toMatchObject({ name: 'TimeoutError', code: 'ECONNRESET' });
    handler.destroy();
  });

  it.each([
    ['of its own', true],
    ['of its hook', false],
  ])(
    'ends with the signal %s, also in the midst of the answer, as an AbortError that the SDK leaves at that',
    async (_, isOwn) => {
      const { request } = await serve();
      for (const begins of [false, true]) {
        answer = (_, response) => begins && response.writeHead(200, { 'content-length': 100 }).write('some');
        const controller = new AbortController();
        const handler = createRequestHandler({ ...TIMEOUTS, requestTimeout: 5000 }, () =>
          isOwn ? undefined : controller.signal,
        );
        const sent = handler.handle(request, isOwn ? { abortSignal: controller.signal } : {});
        setTimeout(() => controller.abort(new Error('the deadline')), 50);
        await expect(sent).rejects.toMatchObject({ name: 'AbortError', cause: { message: 'the deadline' } });
        await expect(handler.handle(request, { abortSignal: controller.signal })).rejects.toMatchObject({
          name: 'AbortError',
        });
        handler.destroy();
      }
      // Once each: what came too late was not even sent.
      expect(connections).toBe(2);
    },
  );

  it('after a pause of minutes uses a new connection, as the old one may have been dropped silently', async () => {
    const { request } = await serve();
    const handler = createRequestHandler(TIMEOUTS);
    await handler.handle(request);
    const now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now + 15_000);
    await handler.handle(request);
    expect(connections).toBe(1);
    vi.spyOn(Date, 'now').mockImplementation(() => now + 15_000 + 3 * 60_000);
    await handler.handle(request);
    expect(connections).toBe(2);
    handler.destroy();
  });

  it('after a pause is not sent on a connection whose end this process had no time to see', async () => {
    // In a thread of its own, which ends the connection while this one stands still.
    const hasEnded = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(SERVER_THAT_ENDS, { eval: true, workerData: hasEnded });
    const port = await new Promise<number>((resolve) => worker.once('message', resolve));
    const request = requestTo(port);
    const handler = createRequestHandler(TIMEOUTS);
    await handler.handle(request);
    worker.postMessage('end');
    // Nothing is read meanwhile.
    expect(Atomics.wait(hasEnded, 0, 0, 20_000)).not.toBe('timed-out');
    const now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now + 1200);
    expect((await handler.handle(request)).response.statusCode).toBe(200);
    handler.destroy();
    await worker.terminate();
  });

  it('has no timer left when it is over', async () => {
    const { request } = await serve();
    const [set, clear] = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'clearTimeout')];
    const handler = createRequestHandler({ connectionTimeout: 60_000, requestTimeout: 60_000 });
    await handler.handle(request);
    const timers = set.mock.results
      .filter((_, n) => set.mock.calls[n]?.[1] === 60_000)
      .map(({ value }) => value as unknown);
    const cleared = clear.mock.calls.map(([timer]) => timer as unknown);
    expect(timers).toHaveLength(2);
    expect(timers.filter((timer) => !cleared.includes(timer))).toEqual([]);
    handler.destroy();
  });
});
