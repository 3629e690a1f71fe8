/** `npm run bench`: figures of this machine, no pass or fail. */
import { fork } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sign } from '../../../lib/wcs/signature.ts';
import { createRandom } from '../../simulator/random.ts';
import { createClient, createNodeId, streamHook } from '../../simulator/sessions.ts';
import { gatewayEvent } from '../../support/gateway-event.ts';
import { REQUIRED } from '../../support/settings.ts';
import { benchEvents } from './events.ts';
import { buildReceivers, type Receiver } from './bundles.ts';
import { coldStarts, memoryUse, warmRuns, type Cold, type Place } from './measure.ts';
import { readOptions, type Options } from './options.ts';
import type { StubAddress } from './stub.ts';
import { createTable } from './table.ts';
import { worstInputs } from './worst-inputs.ts';

const SECRET = 'secret';

/** Of 64 streams; each was received a millisecond after the one before. */
function makeHooks(): object[] {
  const random = createRandom(1);
  const nodeId = createNodeId(random);
  return Array.from({ length: 64 }, (_, n) => {
    const client = createClient(random, { name: `stream-${n}`, published: true, nodeId });
    const { method, body } = streamHook(client, 'StreamStatusEvent', 'PUBLISHING');
    const headers = { authorization: sign(Buffer.from(body), SECRET) };
    return gatewayEvent({ method, body, headers, at: 1_700_000_000_000 + n });
  });
}

async function startStub() {
  const child = fork(join(import.meta.dirname, 'stub.ts'));
  const address = await new Promise<StubAddress>((resolve, reject) => {
    child.once('message', (message) => resolve(message as StubAddress));
    child.once('exit', (code) => reject(new Error(`the stub ended with ${code}`)));
  });
  return { ...address, stop: () => child.kill() };
}

async function bench(options: Options): Promise<void> {
  const { only, json, hooks } = options;
  const say = (line: string) => (json ? process.stderr : process.stdout).write(`${line}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'wcs-hooks-bench-'));
  const hooksFile = join(folder, 'hooks.json');
  writeFileSync(hooksFile, JSON.stringify(makeHooks()));
  const { bundles, sizes } = await buildReceivers();
  const stub = await startStub();
  const certificateFile = join(folder, 'certificate.pem');
  writeFileSync(certificateFile, stub.cert);
  const at = (endpoint: string): Place => ({
    bundles,
    hooksFile,
    environment: {
      ...REQUIRED,
      HOOK_SECRET: SECRET,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      NODE_EXTRA_CA_CERTS: certificateFile,
    },
  });

  const machine = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`,
    load: loadavg()[0] ?? NaN,
  };
  say(`${machine.date}, Node ${machine.node}, ${machine.cpu}, load ${machine.load.toFixed(1)}`);
  say('medians (least to most) × ratio to the first\n');
  const table = createTable(only, say);
  table.head();
  const each = <Figure>(figure: (receiver: Receiver) => Figure) =>
    Object.fromEntries(only.map((one) => [one, figure(one)])) as Record<Receiver, Figure>;
  table.row(
    'bundle',
    'KB',
    each((one) => bundles[one].bytes / 1000),
  );

  const showCold = (cold: Cold, how: string) => {
    for (const [part, title] of Object.entries({
      init: 'init',
      hook: 'first hook',
      all: 'from nothing to an answer',
    })) {
      for (const clock of ['wall', 'cpu'] as const) {
        table.row(
          `${how}: ${title}`,
          clock === 'cpu' ? 'ms of CPU' : 'ms',
          each((one) => cold[one][part as keyof Cold['ours']][clock]),
        );
      }
    }
  };
  const plain = await coldStarts(at(stub.http), options);
  showCold(plain, 'HTTP');
  const tls = await coldStarts(at(stub.https), options);
  showCold(tls, 'TLS');

  const warm = await warmRuns(at(stub.https), options);
  for (const [how, title] of Object.entries({ oneByOne: 'one after another', sixteen: '16 at once' }) as [
    'oneByOne' | 'sixteen',
    string,
  ][]) {
    table.row(
      `warm, ${title}`,
      'µs of CPU',
      each((one) => warm[one][how].cpuMicros),
      0,
    );
    table.row(
      `warm, ${title}`,
      'hooks a second',
      each((one) => warm[one][how].perSecond),
      0,
    );
  }

  const memory = hooks > 0 ? await memoryUse(at(stub.http), options) : undefined;
  for (const count of memory ? Object.keys(Object.values(memory)[0] ?? {}) : []) {
    table.row(
      `heap after ${count} hooks`,
      'MB',
      each((one) => memory?.[one][count]?.heap ?? NaN),
    );
    table.row(
      `resident after ${count} hooks`,
      'MB',
      each((one) => memory?.[one][count]?.resident ?? NaN),
    );
  }
  say('');
  say('The worst that a caller can send, at half its size and at all of it:');
  await worstInputs((what, figure) => say(`  ${what.padEnd(70)} ${figure}`));
  say('');
  for (const [name, bytes] of sizes) say(`our ${name}: ${(bytes / 1000).toFixed(1)} KB`);
  const figures = { machine, options, bytes: each((one) => bundles[one].bytes), plain, tls, warm, memory };
  if (json) console.log(JSON.stringify(figures, undefined, 2));
  stub.stop();
}

const options = readOptions(process.argv.slice(2));
if ('text' in options) {
  (options.isError ? console.error : console.log)(options.text);
  process.exitCode = options.isError ? 2 : 0;
} else if (options.events) {
  await benchEvents(options.rounds, console.log);
} else {
  await bench(options);
}
