/** Reads the settings of a stage's functions from Lambda, or from the local stack. There are no secrets among them. */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/transport';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Environment } from '../../lib/settings/environment.ts';
import { readHookSettings } from '../../lib/settings/settings.ts';
import type { Lease } from '../../lib/state/lease.ts';
import type { Retention } from '../../lib/state/merge.ts';

/** The settings that decide what happens to a stage's streams. */
export interface StreamRules extends Lease, Retention {
  /** Whether a keep-alive can stop a stream. */
  readonly stopsStreams: boolean;
}

const PATIENCE_MS = 5000;

/** Reads one function's settings with one signed request: Lambda's own client would be one more dependency. @throws Error with AWS's name of the error */
export async function readFunctionSettings(functionName: string, endpoint?: string): Promise<Environment> {
  const region = process.env['AWS_REGION'] ?? '';
  const elsewhere = endpoint || process.env['AWS_ENDPOINT_URL_LAMBDA'] || process.env['AWS_ENDPOINT_URL'];
  const { protocol, hostname, port, host } = new URL(elsewhere || `https://lambda.${region}.amazonaws.com`);
  const unsigned = new HttpRequest({
    method: 'GET',
    protocol,
    hostname,
    ...(port ? { port: Number(port) } : {}),
    path: `/2015-03-31/functions/${functionName}/configuration`,
    headers: { host },
  });
  const signer = new SignatureV4({ service: 'lambda', region, credentials: defaultProvider(), sha256: Sha256 });
  const signed = (await signer.sign(unsigned)) as HttpRequest;
  const handler = new NodeHttpHandler({ connectionTimeout: PATIENCE_MS, requestTimeout: PATIENCE_MS });
  try {
    const { response } = await handler.handle(signed, { abortSignal: AbortSignal.timeout(PATIENCE_MS) });
    const answer = JSON.parse((await text(response.body as Readable)) || '{}') as Answer;
    if (response.statusCode === 200) return answer.Environment?.Variables ?? {};
    const [name = 'Error'] = (response.headers['x-amzn-errortype'] ?? '').split(':');
    throw Object.assign(new Error(answer.Message ?? answer.message ?? `Lambda answered ${response.statusCode}`), {
      name,
    });
  } finally {
    handler.destroy();
  }
}

interface Answer {
  readonly Environment?: { readonly Variables?: Environment };
  readonly Message?: string;
  readonly message?: string;
}

/** The rules depend on neither secrets nor the names of tables. @throws SettingsError */
export function rulesOf(environment: Environment): StreamRules {
  const any = 'x'.repeat(32);
  const usesTokens = Object.keys(environment).some((name) => name.startsWith('TOKEN_') && environment[name]);
  const needsTokenSecret = usesTokens && !environment['TOKEN_JWKS_URL'];
  return readHookSettings({
    ...environment,
    ...{
      STREAMS_TABLE: any,
      SESSIONS_TABLE: any,
      CALLS_TABLE: any,
      BANS_TABLE: any,
      PARKING_QUEUE_URL: any,
      DEAD_LETTER_QUEUE_URL: any,
    },
    HOOK_SECRET: any,
    ...(needsTokenSecret ? { TOKEN_SECRET: any } : {}),
  });
}
