/** `npm run bench`: figures of this machine, no pass or fail. */
import type { Context } from 'aws-lambda';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from '../../infra/build.ts';
import type { HookAnswer, HookEvent } from '../../lib/http/hook.ts';
import { merge } from '../../lib/state/merge.ts';
import { sightingOf } from '../../lib/state/sighting.ts';
import { sign } from '../../lib/wcs/signature.ts';
import { createRandom } from '../simulator/random.ts';
import { createClient, streamHook } from '../simulator/sessions.ts';
import { gatewayEvent } from '../support/gateway-event.ts';
import { REQUIRED } from '../support/settings.ts';
import { worstInputs } from './worst-inputs.ts';

const DIST = join(import.meta.dirname, '../../dist');
const ENVIRONMENT = {
  ...REQUIRED,
  HOOK_SECRET: 'secret',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
};

const show = (what: string, figure: string) => console.log(`${what.padEnd(70)} ${figure.padStart(18)}`);
const percentile = (sorted: readonly number[], share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);

/** A fresh process that loads a bundle, as a cold start does; the median of 11, less that of an empty file. */
function coldImport(file: string): number {
  const script = `const t = performance.now(); require(${JSON.stringify(file)}); console.log(performance.now() - t)`;
  const times = Array.from({ length: 11 }, () =>
    Number(execFileSync(process.execPath, ['-e', script], { env: ENVIRONMENT, encoding: 'utf8' })),
  );
  return percentile(sorted(times), 0.5);
}

const random = createRandom(1);
const client = createClient(random, { name: 'stream', published: true, nodeId: 'node@192.0.2.1' });
const { body } = streamHook(client, 'StreamStatusEvent', 'PUBLISHING');

/** One hook after another through the bundled handler; its DynamoDB answers at once. */
async function hooksPerSecond(): Promise<void> {
  const dynamo = createServer((request, response) => {
    request
      .resume()
      .on('end', () => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}'));
  });
  await new Promise<void>((resolve) => dynamo.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, ENVIRONMENT, {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(dynamo.address() as AddressInfo).port}`,
  });
  const { handler } = createRequire(import.meta.url)(join(DIST, 'event.cjs')) as {
    handler: (event: HookEvent, context: Context) => Promise<HookAnswer>;
  };
  const write = process.stdout.write.bind(process.stdout);
  const times: number[] = [];
  process.stdout.write = () => true;
  for (let n = 0; n < 5000; n++) {
    const started = performance.now();
    const headers = { authorization: sign(Buffer.from(body), 'secret') };
    await handler(gatewayEvent({ method: 'StreamStatusEvent', body, headers }), { awsRequestId: 'r' } as Context);
    if (n >= 1000) times.push(performance.now() - started);
  }
  process.stdout.write = write;
  show('a signed StreamStatusEvent of 4 KB, warm, p50', `${percentile(sorted(times), 0.5).toFixed(2)} ms`);
  show('  p99', `${percentile(sorted(times), 0.99).toFixed(2)} ms`);
  dynamo.closeAllConnections();
  dynamo.close();
}

function mergesPerSecond(): void {
  const COUNT = 100_000;
  const hook = JSON.parse(body) as Record<string, unknown>;
  let row = {};
  const started = performance.now();
  for (let n = 0; n < COUNT; n++) {
    const sighting = sightingOf('StreamStatusEvent', hook, 1_700_000_000_000 + n);
    if (sighting) row = merge(row, sighting, { retentionSeconds: 1000 });
  }
  show('sighting and merge', `${(((performance.now() - started) / COUNT) * 1000).toFixed(1)} µs`);
}

const sizes = await build();
const empty = coldImport('node:path');
for (const [name, bytes] of sizes) {
  show(
    `cold import of ${name}.cjs (${(bytes / 1000).toFixed(0)} KB)`,
    `${(coldImport(join(DIST, `${name}.cjs`)) - empty).toFixed(1)} ms`,
  );
}
await hooksPerSecond();
mergesPerSecond();
await worstInputs(show);
process.exit(0);
