/**
 * Reads SecureStrings from SSM's Parameter Store with one signed request. Every bundle already has the code that signs and
 * sends it; SSM's own client would add 75 KB to each.
 */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { HttpRequest } from '@smithy/core/transport';
import { SignatureV4 } from '@smithy/signature-v4';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRequestHandler } from './request-handler.ts';
import { Sha256 } from './sha256.ts';

const TRY_MS = 700;
/** After a deploy many containers start at once, and Parameter Store answers 40 requests a second: retries must spread. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;

/** @returns the values of the parameters that exist, by name. @throws Error if Parameter Store does not answer within `patience` ms */
export async function readParameters(names: readonly string[], patience: number): Promise<ReadonlyMap<string, string>> {
  const deadline = Date.now() + patience;
  for (let longest = FIRST_PAUSE_MS; ; longest = Math.min(longest * 2, LONGEST_PAUSE_MS)) {
    try {
      return await request(names);
    } catch (error) {
      const left = deadline - TRY_MS - Date.now();
      if (left <= 0) throw error;
      // A long pause must not use up the last try: the first hook is answered 503 only when all its time is over.
      await sleep(Math.min(Math.random() * longest, left));
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
  const handler = createRequestHandler({ connectionTimeout: TRY_MS, requestTimeout: TRY_MS });
  try {
    // This also ends a response that stalls.
    const { response } = await handler.handle(signed, { abortSignal: AbortSignal.timeout(TRY_MS) });
    const answer = String(response.body);
    // Its message names the missing parameter or permission, and never a value.
    if (response.statusCode !== 200)
      throw new Error(`Parameter Store answered ${response.statusCode}: ${answer.slice(0, 200)}`);
    const { Parameters } = (JSON.parse(answer) ?? {}) as { Parameters?: { Name: string; Value: string }[] | null };
    // Parameter Store would send an empty list: an answer without one comes from something else.
    if (!Parameters) throw new Error('Parameter Store answered 200 without a list of parameters');
    return new Map(Parameters.map(({ Name, Value }) => [Name, Value]));
  } finally {
    handler.destroy();
  }
}
