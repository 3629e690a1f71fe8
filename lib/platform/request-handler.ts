/**
 * Sends the requests of the SDK's clients, and those that are signed without one. It replaces the SDK's NodeHttpHandler, which
 * loads `node:http` as an ES module (and undici with it) in the first hook, makes five timers for each request, and
 * sends the first request after a pause on a connection that may have died meanwhile.
 */
import { HttpResponse, type HttpRequest } from '@smithy/core/transport';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

export interface Timeouts {
  /** Milliseconds until the connection must be open. */
  readonly connectionTimeout: number;
  /** Milliseconds until the answer must begin. */
  readonly requestTimeout: number;
}

export interface HandlerOptions {
  readonly abortSignal?: AbortSignal;
}

/** A Lambda is frozen between two hooks: after this long, its connections may have been dropped on the way, unnoticed. */
const MAX_IDLE_MS = 20_000;
/** After this long the other side may have closed them, and the event loop may not have seen that yet. */
const SHORT_IDLE_MS = 1000;
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 50 };

export type RequestHandler = ReturnType<typeof createRequestHandler>;

/**
 * Each handler has its own connections. `signalNow` gives the signal for a request that comes without one. A request that
 * takes too long fails with a TimeoutError, which the SDK retries; an aborted one with an AbortError, which it does not.
 */
export function createRequestHandler(timeouts: Timeouts, signalNow?: () => AbortSignal | undefined) {
  const agents = new Map<string, http.Agent>();
  let usedAt = Date.now();

  function agentFor(protocol: string): http.Agent {
    let agent = agents.get(protocol);
    if (!agent) {
      agent = protocol === 'http:' ? new http.Agent(AGENT_OPTIONS) : new https.Agent(AGENT_OPTIONS);
      agents.set(protocol, agent);
    }
    return agent;
  }

  function dropIdle(): void {
    for (const { freeSockets } of agents.values()) {
      for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
    }
  }

  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: HttpRequest, { abortSignal = signalNow?.() }: HandlerOptions = {}) {
      if (abortSignal?.aborted) throw abortError(abortSignal);
      const idle = Date.now() - usedAt;
      if (idle > MAX_IDLE_MS) dropIdle();
      else if (idle > SHORT_IDLE_MS) await wholeTurn();
      try {
        return { response: await send(request, agentFor(request.protocol), timeouts, abortSignal) };
      } finally {
        usedAt = Date.now();
      }
    },
    destroy(): void {
      for (const agent of agents.values()) agent.destroy();
    },
    // Required by the SDK's interface: nothing is configured later.
    updateHttpClientConfig(): void {},
    httpHandlerConfigs: () => ({}),
  };
}

function send(
  { protocol, hostname, port, method, path, headers, body }: HttpRequest,
  agent: http.Agent,
  { connectionTimeout, requestTimeout }: Timeouts,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { request: ask } = protocol === 'http:' ? http : https;
    // A URL has IPv6 addresses in brackets.
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    const sent = ask({ host, port, method, path, headers, agent });
    let connecting: NodeJS.Timeout | undefined;
    const waiting = setTimeout(() => giveUp(timeoutError('no answer', requestTimeout)), requestTimeout);
    const onAbort = () => giveUp(abortError(signal));

    function end(): void {
      clearTimeout(waiting);
      clearTimeout(connecting);
      signal?.removeEventListener('abort', onAbort);
    }
    function giveUp(error: Error): void {
      end();
      sent.destroy();
      reject(error);
    }
    function fail(error: NodeJS.ErrnoException): void {
      end();
      const isLost = error.code !== undefined && LOST_CODES.includes(error.code);
      reject(isLost ? Object.assign(error, { name: 'TimeoutError' }) : error);
    }

    signal?.addEventListener('abort', onAbort);
    sent.once('socket', (socket: Socket) => {
      if (!socket.connecting) return;
      connecting = setTimeout(() => giveUp(timeoutError('no connection', connectionTimeout)), connectionTimeout);
      socket.once('connect', () => clearTimeout(connecting));
    });
    sent.on('error', fail);
    sent.once('response', (response) => {
      clearTimeout(waiting);
      const chunks: Buffer[] = [];
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        end();
        resolve(
          new HttpResponse({
            statusCode: response.statusCode ?? -1,
            headers: response.headers as Record<string, string>,
            body: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks),
          }),
        );
      });
    });
    sent.end(body);
  });
}

/** The connection was lost: the SDK retries such a request. */
const LOST_CODES: readonly string[] = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'];

/** Lets the event loop poll all connections once: the first turn only ends the current round. */
async function wholeTurn(): Promise<void> {
  await turn();
  await turn();
}

const timeoutError = (what: string, milliseconds: number) =>
  Object.assign(new Error(`${what} within ${milliseconds} ms`), { name: 'TimeoutError', code: 'ETIMEDOUT' });

export const abortError = (signal: AbortSignal | undefined) =>
  Object.assign(new Error('the request was ended', { cause: signal?.reason }), { name: 'AbortError' });
