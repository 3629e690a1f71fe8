/** `npm run test:faults`: sends hooks over HTTP while parts of the local stack fail, and looks for what was acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { optionsOf, runCommand } from '../../../infra/cli/command-line.ts';
import { createRandom } from '../../simulator/random.ts';
import { play } from '../../simulator/run.ts';
import { SCENARIOS } from '../../simulator/scenarios.ts';
import { createRowReader } from '../../simulator/verify.ts';
import { createWcs, type Hook } from '../../simulator/wcs.ts';
import { freePorts, newDataDir, startStack, type LocalStack, type StackOptions } from '../../support/local-stack.ts';
import { missingFrom, type Acknowledged } from './acknowledged.ts';

const HELP = `npm run test:faults -- [--hooks N]

Starts the local stack twice and sends it hooks, as many each time. The first time its DynamoDB is killed and held
down for 10 s, stopped for 10 s, slowed down to 2 s for 10 s, and killed while the stack starts it again itself. The second
time the gateway, with all its processes, is killed and started again. Then every acknowledged hook must be in its row. Exits with 1 if one is missing.

  --hooks N  how many hooks, at least (20000)`;

const CONCURRENCY = 32;
const OUTAGE_MS = 10_000;
/** Of a client in the scenario: 10 hooks; of a stream: a publisher and two players. */
const HOOKS_PER_STREAM = 30;

/** What happens when so much of the hooks is sent. */
interface Fault {
  readonly at: number;
  readonly what: string;
  readonly happen: () => Promise<void>;
}

async function run(
  title: string,
  hooks: number,
  options: StackOptions,
  faultsOf: (stack: { now: LocalStack }) => Fault[],
): Promise<boolean> {
  console.log(title);
  const stack = { now: await startStack(options) };
  const stacks = new Set([stack.now]);
  const streams = Math.ceil(hooks / HOOKS_PER_STREAM);
  const { scripts, rows } = SCENARIOS.lifecycle[1]({ streams, players: 2, keepAlives: 3 }, createRandom(Date.now()));
  const total = scripts.reduce((sum, script) => sum + script.length, 0);
  const wcs = createWcs({ url: stack.now.url, timeout: 15_000, connections: CONCURRENCY });

  // Not told from the answer: on a busy machine it comes here later than it was measured.
  const sentAt = new WeakMap<Hook, number>();
  const timed = {
    send(hook: Hook) {
      sentAt.set(hook, Date.now());
      return wcs.send(hook);
    },
  };
  const acknowledged: Acknowledged[] = [];
  let sent = 0;
  let failure: unknown;
  const faults = faultsOf(stack);
  let happening = Promise.resolve();
  await play(scripts, timed, CONCURRENCY, async (answer, hook) => {
    sent++;
    const answeredAt = Date.now();
    if (answer.acknowledged) acknowledged.push({ hook, sentAt: sentAt.get(hook) ?? 0, answeredAt });
    if (sent % 2000 === 0) console.log(`  ${sent} of ${total} sent, ${acknowledged.length} acknowledged`);
    // A WCS without a backend does not send faster.
    if (!answer.acknowledged) await sleep(200);
    const due = faults[0];
    if (!due || sent < due.at * total) return;
    faults.shift();
    happening = happening
      .then(() => console.log(`  ${due.what}`))
      .then(due.happen)
      .then(() => void stacks.add(stack.now))
      .catch((error: unknown) => void (failure ??= error));
  });
  await happening;
  if (failure) throw failure as Error;
  wcs.close();

  console.log('  all sent; the queue drains');
  for (const until = Date.now() + 180_000; (await stack.now.parkedNow()) > 0 && Date.now() < until;) await sleep(500);
  const readRows = createRowReader({
    endpoint: `http://127.0.0.1:${stack.now.ports.DYNAMODB_PORT}`,
    table: 'wcs-hooks-local-streams',
    kind: 'stream',
  });
  const missing = missingFrom(await readRows([...rows.keys()]), acknowledged);
  const lines = [...stacks].flatMap((one) => one.logLines());
  const parked = lines.filter(({ message, outcome }) => message === 'hook' && outcome === 'parked').length;
  const replayed = lines.filter(
    ({ message, outcome }) => message === 'replay' && (outcome === 'applied' || outcome === 'superseded'),
  ).length;
  const waiting = (await stack.now.parkedNow()) + (await stack.now.parkedNow('dead-letters'));
  await stack.now.stop();

  for (const one of missing.slice(0, 20)) console.error(`  MISSING ${one}`);
  if (waiting > 0) console.error(`  ${waiting} messages are in the queues`);
  console.log(
    `  sent ${sent}, acknowledged ${acknowledged.length}, refused ${sent - acknowledged.length}, parked ${parked}, replayed ${replayed}, missing ${missing.length}`,
  );
  return missing.length === 0 && waiting === 0 && sent === total && acknowledged.length > 0;
}

const databaseFaults = (stack: { now: LocalStack }): Fault[] => [
  {
    at: 0.1,
    what: 'DynamoDB is killed, and held down for 10 s',
    async happen() {
      const release = stack.now.holdDown('dynamodb.ts');
      await sleep(OUTAGE_MS);
      release();
    },
  },
  {
    at: 0.4,
    what: 'DynamoDB stands still for 10 s',
    async happen() {
      const pid = stack.now.pidOf('dynamodb.ts');
      process.kill(pid, 'SIGSTOP');
      await sleep(OUTAGE_MS);
      process.kill(pid, 'SIGCONT');
    },
  },
  {
    at: 0.6,
    what: 'DynamoDB takes 2 s for a request, for 10 s',
    async happen() {
      const release = stack.now.holdDown('dynamodb.ts');
      const stop = await stack.now.startDynamodb({ DYNAMODB_DELAY_MS: '2000' });
      await sleep(OUTAGE_MS);
      await stop();
      release();
    },
  },
  {
    at: 0.8,
    what: 'DynamoDB is killed; the stack starts it again',
    happen() {
      stack.now.kill('dynamodb.ts');
      return Promise.resolve();
    },
  },
];

const gatewayFaults =
  (options: StackOptions) =>
  (stack: { now: LocalStack }): Fault[] => [
    {
      at: 0.5,
      what: 'the gateway is killed, and started again',
      async happen() {
        stack.now.kill('infra/local/start.ts');
        await stack.now.left();
        stack.now = await startStack(options);
      },
    },
  ];

await runCommand('test:faults', async () => {
  const given = optionsOf({
    hooks: { type: 'string', default: '20000' },
    help: { type: 'boolean', default: false },
  });
  if (given.help) return console.log(HELP);
  const hooks = Number(given.hooks);
  const fixed = { ports: await freePorts(), dataDir: newDataDir() };
  const results = [
    await run('Faults of DynamoDB', hooks, {}, databaseFaults),
    await run('Faults of the gateway', hooks, fixed, gatewayFaults(fixed)),
  ];
  process.exitCode = results.every(Boolean) ? 0 : 1;
});
