/** EVENTS_URL: where the events of the local stack are sent. */
import { Agent, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { Send } from './event-sender.ts';

const TIMEOUT_MS = 10_000;

/** POSTs events as JSON over one keep-alive connection. Any answer but 2xx is a failure, also a redirect. */
export function postTo(url: string): Send {
  const isSecure = url.startsWith('https:');
  const agent = new (isSecure ? SecureAgent : Agent)({ keepAlive: true, maxSockets: 1 });
  // It takes half as much processor time as fetch(), and hooks need the processor, too.
  const post = isSecure ? secureRequest : request;
  return (event) =>
    new Promise((resolve, reject) => {
      const body = Buffer.from(JSON.stringify(event));
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const sent = post(url, { method: 'POST', agent, headers, signal }, (answer) => {
        const { statusCode: status = 0 } = answer;
        answer.on('error', fail);
        answer.on('end', () =>
          status >= 200 && status < 300 ? resolve() : reject(new Error(`it answered ${status}`)),
        );
        answer.resume();
      });
      const fail = (error: NodeJS.ErrnoException) =>
        reject(new Error(signal.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : (error.code ?? error.message)));
      sent.on('error', fail);
      sent.end(body);
    });
}

/** @returns what is wrong with the setting, if anything */
export function problemOfEventsUrl(url: string, hasEvents: boolean): string | undefined {
  if (url === '') return undefined;
  if (!hasEvents) return 'EVENTS_URL has no effect with CHANGE_EVENTS=false: unset one of them.';
  const { protocol, username, password } = URL.parse(url) ?? {};
  if (protocol !== 'http:' && protocol !== 'https:') {
    return 'EVENTS_URL must be an http:// or https:// URL that accepts POST.';
  }
  return username || password ? 'EVENTS_URL has a user or a password, which would not be sent: remove it.' : undefined;
}
