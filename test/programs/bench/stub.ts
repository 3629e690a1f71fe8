/** A process of the bench that answers as DynamoDB does when all is well: at once, with an empty item. Over HTTP and over TLS. */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from './certificate.ts';

/** What the stub tells its parent. */
export interface StubAddress {
  readonly http: string;
  readonly https: string;
  /** Whom clients must trust, in PEM. */
  readonly cert: string;
}

const answer = (request: IncomingMessage, response: ServerResponse) =>
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': 2 }).end('{}');
  });

async function listen(server: Server, scheme: string): Promise<string> {
  // DynamoDB keeps connections, and names no time.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const certificate = makeCertificate();
const http = await listen(createHttpServer(answer), 'http');
const https = await listen(createHttpsServer(certificate, answer), 'https');
process.on('disconnect', () => process.exit(0));
process.send?.({ http, https, cert: certificate.cert } satisfies StubAddress);
