/**
 * SecureStrings of SSM's Parameter Store, by one signed request: what signs and sends it is in every bundle already, SSM's
 * own client would be 75 KB more of each.
 */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/transport';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 3;
const TIMEOUT_MS = 700;
/** Many containers start at once, and Parameter Store answers 40 requests a second. */
const LONGEST_PAUSE_MS = 200;

/** The values of the parameters that are there, by name. @throws Error if Parameter Store does not tell */
export async function readParameters(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request(names);
    } catch (error) {
      if (attempt === TRIES) throw error;
      await sleep(Math.random() * LONGEST_PAUSE_MS * attempt);
    }
  }
}

async function request(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const region = process.env['AWS_REGION'] ?? '';
  const endpoint = process.env['AWS_ENDPOINT_URL_SSM'] || process.env['AWS_ENDPOINT_URL'];
  const { protocol, hostname, port, host } = new URL(endpoint || `https://ssm.${region}.amazonaws.com`);
  const unsigned = new HttpRequest({
    method: 'POST',
    protocol,
    hostname,
    ...(port ? { port: Number(port) } : {}),
    path: '/',
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.GetParameters',
    },
    body: JSON.stringify({ Names: names, WithDecryption: true }),
  });
  const signer = new SignatureV4({ service: 'ssm', region, credentials: defaultProvider(), sha256: Sha256 });
  const signed = (await signer.sign(unsigned)) as HttpRequest;
  const handler = new NodeHttpHandler({ connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS });
  try {
    const { response } = await handler.handle(signed, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await textOf(response.body as AsyncIterable<Buffer>);
    // Its words name the parameter or the right that is missing, and never a value.
    if (response.statusCode !== 200)
      throw new Error(`Parameter Store answered ${response.statusCode}: ${text.slice(0, 200)}`);
    const { Parameters = [] } = JSON.parse(text) as { Parameters?: { Name: string; Value: string }[] };
    return new Map(Parameters.map(({ Name, Value }) => [Name, Value]));
  } finally {
    handler.destroy();
  }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
