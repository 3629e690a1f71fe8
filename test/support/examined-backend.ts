import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { diagnose } from '../../infra/cli/doctor/diagnose.ts';
import type { Finding } from '../../infra/cli/doctor/finding.ts';
import { createGateway } from '../../infra/cli/doctor/gateway.ts';
import type { Credentials } from '../../infra/cli/doctor/probes.ts';
import type { Search } from '../../infra/cli/doctor/rows.ts';
import { restClientConfig } from '../../lib/wcs/rest-client-config.ts';
import { verify } from '../../lib/wcs/signature.ts';

export const SECRET = 'a secret';
export const BASIC = { user: 'u', password: 'p' };

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}
/** Changes what the backend answers, or answers itself. */
export type Spoil = (
  answer: Answer,
  hook: { readonly method: string; readonly check: string; readonly response: ServerResponse },
) => void | undefined | 'answered';
export const well: Spoil = () => {};

interface Given {
  readonly credentials?: Credentials;
  readonly behind?: Search;
  readonly timeout?: number;
  readonly at?: string;
}

/** A backend as it should be, for the doctor to examine; `control` is what a test may change about it. */
export async function startExaminedBackend() {
  const control = { spoil: well, takesBasic: false };
  const received: { method: string; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const method = request.url?.split('/').pop() ?? '';
      const { authorization } = request.headers;
      received.push({ method, body: body.toString() });
      const basic = control.takesBasic ? { basic: BASIC } : {};
      const check = verify(authorization, body, { secrets: [SECRET], ...basic });
      const answer: Answer = { status: 200, headers: { 'content-type': 'application/json' }, body };
      if (check === 'missing' && control.takesBasic) {
        answer.status = 401;
        answer.headers['www-authenticate'] = 'Basic realm="x"';
      } else if (check !== 'authentic') answer.status = 403;
      else if (method === 'connect') {
        const config = restClientConfig({ failMethods: new Set(['publishStream']), overwrites: {} });
        answer.body = JSON.stringify({ ...(JSON.parse(body.toString()) as object), restClientConfig: config });
      }
      if (control.spoil(answer, { method, check, response }) === 'answered') return;
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rest/my_api`;

  return {
    control,
    received,
    url,
    examine: async ({ credentials = { secret: SECRET }, behind, timeout = 500, at = url }: Given = {}) => {
      const gateway = createGateway(at, timeout);
      const findings: Finding[] = [];
      for await (const one of diagnose({ gateway, credentials, probes: 3, behind })) findings.push(one);
      gateway.close();
      return findings;
    },
    /** After each test. */
    reset: (): void => {
      Object.assign(control, { spoil: well, takesBasic: false });
      received.length = 0;
    },
    stop: (): void => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const of = (findings: readonly Finding[], check: string) => findings.find((one) => one.check === check);
export const bad = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level === 'problem' || level === 'warning').map(({ check }) => check);
