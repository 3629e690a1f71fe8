/** What events cost a hook on the local stack, and how late they come: stacks side by side, with and without them, take turns. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ChangeEnvelope } from '../../../lib/state/change.ts';
import { createRandom } from '../../simulator/random.ts';
import { play } from '../../simulator/run.ts';
import { SCENARIOS } from '../../simulator/scenarios.ts';
import { createWcs } from '../../simulator/wcs.ts';
import { startStack, type LocalStack } from '../../support/local-stack.ts';
import { spread, type Spread } from './statistics.ts';

const CONCURRENCY = 8;
/** Of a publisher and two players: connect, start, live, three keep-alives, end. */
const STREAMS_OF_A_TURN = 20;
/** Linux counts a process's time in hundredths of a second. */
const TICK_MICROS = 10_000;

const VARIANTS = {
  'without events': { CHANGE_EVENTS: 'false' },
  'with events': {},
  'with EVENTS_URL': { EVENTS_URL: '' },
};
type Variant = keyof typeof VARIANTS;

interface Turn {
  readonly wallMicros: number;
  readonly cpuMicros: number;
}

export async function benchEvents(rounds: number, say: (line: string) => void): Promise<void> {
  const lags: number[] = [];
  const receiver = await startReceiver((written) => lags.push(Date.now() - written));
  const { port } = receiver.address() as AddressInfo;
  const EVENTS_URL = `http://127.0.0.1:${port}`;
  const names = Object.keys(VARIANTS) as Variant[];
  const stacks = new Map<Variant, LocalStack>();
  for (const name of names) {
    const env = name === 'with EVENTS_URL' ? { EVENTS_URL } : VARIANTS[name];
    stacks.set(name, await startStack({ env }));
  }
  const turns = new Map<Variant, Turn[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    // Each comes first as often as the others.
    for (const name of names.map((_, n) => names[(n + round + names.length) % names.length] ?? names[0])) {
      const stack = name && stacks.get(name);
      if (!stack) continue;
      const turn = await takeTurn(stack, round);
      // The first warms up.
      if (round >= 0) turns.get(name)?.push(turn);
    }
    say(`round ${round + 1} of ${rounds}`);
  }
  for (const stack of stacks.values()) await stack.stop();
  receiver.close();

  say('\nmedians (least to most) of a hook, and over that without events\n');
  const figures = (of: keyof Turn) => names.map((name) => spread((turns.get(name) ?? []).map((turn) => turn[of])));
  for (const [title, of] of [
    [`µs of time, ${CONCURRENCY} at once`, 'wallMicros'],
    ['µs of CPU, all processes of the stack', 'cpuMicros'],
  ] as const) {
    const [bare, ...others] = figures(of);
    say(`${title}`);
    [bare, ...others].forEach(
      (one, n) =>
        one &&
        bare &&
        say(`  ${(names[n] ?? '').padEnd(16)} ${shown(one)}${n === 0 ? '' : `  ${percent(one, bare)} %`}`),
    );
  }
  lags.sort((a, b) => a - b);
  const at = (share: number) => lags[Math.min(Math.floor(lags.length * share), lags.length - 1)];
  say(`ms from the row to EVENTS_URL, of ${lags.length} events`);
  say(`  p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}`);
}

const shown = ({ median, least, most }: Spread) => `${median.toFixed(0)} (${least.toFixed(0)} to ${most.toFixed(0)})`;
const percent = (one: Spread, bare: Spread) => {
  const more = (one.median / bare.median - 1) * 100;
  return `${more < 0 ? '' : '+'}${more.toFixed(1)}`;
};

async function takeTurn(stack: LocalStack, seed: number): Promise<Turn> {
  const { scripts } = SCENARIOS.lifecycle[1](
    { streams: STREAMS_OF_A_TURN, players: 2, keepAlives: 3 },
    createRandom(Date.now() + seed),
  );
  const wcs = createWcs({ url: stack.url, timeout: 15_000, connections: CONCURRENCY });
  const before = cpuTicks(stack);
  const started = performance.now();
  let hooks = 0;
  await play(scripts, wcs, CONCURRENCY, (answer) => {
    if (!answer.acknowledged) throw new Error(`${answer.method} was not acknowledged: ${answer.status}`);
    hooks++;
  });
  const wallMicros = ((performance.now() - started) * 1000) / hooks;
  wcs.close();
  return { wallMicros, cpuMicros: ((cpuTicks(stack) - before) * TICK_MICROS) / hooks };
}

/** User and system time of all processes of a stack. */
const cpuTicks = (stack: LocalStack) =>
  stack
    .processes()
    .map(({ pid }) =>
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' '),
    )
    .reduce((sum, fields) => sum + Number(fields[11]) + Number(fields[12]), 0);

/** @param tell is told when the row of each event was written, in milliseconds since the epoch */
function startReceiver(tell: (written: number) => void): Promise<Server> {
  const server = createServer((request, response) => {
    void text(request).then((event) => {
      tell(Date.parse((JSON.parse(event) as ChangeEnvelope).time));
      response.writeHead(204).end();
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
