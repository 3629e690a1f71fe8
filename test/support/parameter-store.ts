import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const KEY = { id: 'AKID', secret: 'aws-secret', token: 'session-token' };

/** As much of Parameter Store as we use. It holds SecureStrings only, and believes nobody whose signature it cannot make itself. */
export async function startParameterStore() {
  const parameters = new Map<string, string>();
  /** `stalls`: an answer begins, and nothing more of it comes. */
  const control = { requests: 0, fail: 0, stalls: false };
  const written: string[] = [];

  async function answer(request: IncomingMessage): Promise<[status: number, body: object]> {
    control.requests++;
    const body = await text(request);
    const refuse = (type: string): [number, object] => [400, { __type: type, message: type }];
    if (control.fail-- > 0) return refuse('ThrottlingException');
    if (request.headers.authorization !== authorizationOf(request, body)) return refuse('InvalidSignatureException');
    const input = JSON.parse(body) as Record<string, string & string[] & boolean>;
    const { Name = '', Names = [], Value = '', Type, Overwrite, WithDecryption, Path = '/', NextToken } = input;
    switch (request.headers['x-amz-target']) {
      case 'AmazonSSM.GetParameters': {
        const found = WithDecryption ? Names.filter((name) => parameters.has(name)) : [];
        return [200, { Parameters: found.map((name) => ({ Name: name, Value: parameters.get(name) })) }];
      }
      case 'AmazonSSM.GetParametersByPath': {
        // Pages of two: AWS gives ten, and may give fewer at any time.
        const below = [...parameters.keys()].filter((name) => name.startsWith(Path)).sort();
        const from = Number(NextToken || 0);
        const page = below.slice(from, from + 2).map((name) => ({ Name: name, Value: parameters.get(name) }));
        const more = from + 2 < below.length ? { NextToken: String(from + 2) } : {};
        return [200, { Parameters: WithDecryption ? page : [], ...more }];
      }
      case 'AmazonSSM.PutParameter':
        if (Type !== 'SecureString') return refuse('ValidationException');
        if (parameters.has(Name) && !Overwrite) return refuse('ParameterAlreadyExists');
        parameters.set(Name, Value);
        written.push(Name);
        return [200, { Version: 1 }];
      case 'AmazonSSM.DeleteParameter':
        return parameters.delete(Name) ? [200, {}] : refuse('ParameterNotFound');
      default:
        return refuse('UnknownOperationException');
    }
  }

  const server = createServer((request, response) => {
    void answer(request).then(([status, body]) => {
      response.writeHead(status);
      if (control.stalls) response.write('{');
      else response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    parameters,
    control,
    /** What was put, in its order. */
    written,
    /** Of whoever may ask it. */
    environment: {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: KEY.id,
      AWS_SECRET_ACCESS_KEY: KEY.secret,
      AWS_SESSION_TOKEN: KEY.token,
      AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Signature Version 4, as AWS documents it. */
function authorizationOf({ method, url, headers }: IncomingMessage, body: string): string {
  const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');
  const hmac = (key: string | Buffer, value: string) => createHmac('sha256', key).update(value).digest();
  const date = String(headers['x-amz-date']);
  const signedHeaders = /SignedHeaders=([^,]*)/.exec(headers.authorization ?? '')?.[1] ?? '';
  const canonical = signedHeaders.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const request = [method, url, '', canonical.join(''), signedHeaders, sha256(body)].join('\n');
  const scope = `${date.slice(0, 8)}/eu-central-1/ssm/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(request)].join('\n');
  const key = scope.split('/').reduce((key: string | Buffer, part) => hmac(key, part), `AWS4${KEY.secret}`);
  const signature = hmac(key, toSign).toString('hex');
  const must = ['host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target'];
  if (!must.every((name) => signedHeaders.split(';').includes(name))) return 'no';
  return `AWS4-HMAC-SHA256 Credential=${KEY.id}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}
