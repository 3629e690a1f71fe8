/** `npm run test:model`: many schedules, on all cores. */
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { optionsOf, runCommand } from '../../../infra/cli/command-line.ts';
import { createRandom } from '../../simulator/random.ts';
import { fakeDynamo } from './dynamos.ts';
import { NOTHING_PLAYED, playWorld, type Played } from './schedule.ts';
import { createWorld } from './world.ts';

const HELP = `npm run test:model -- [--schedules N] [--seed N]

Plays random worlds of streams and calls against the store, in random schedules of single DynamoDB requests, and holds the rows to
the rule. A seed that fails is printed and repeats alone with --schedules 1 --seed N.

  --schedules N  how many (200000)
  --seed N       the first seed (by chance)`;

const CHUNK = 1000;
type Counts = Played & { schedules: number };
const NOTHING: Counts = { schedules: 0, ...NOTHING_PLAYED };
type Progress = Counts | { failed: string };

/** In a worker: the worlds of every `step`-th chunk of seeds. */
async function playAll({
  first,
  schedules,
  step,
  offset,
}: {
  first: number;
  schedules: number;
  step: number;
  offset: number;
}) {
  for (let chunk = offset * CHUNK; chunk < schedules; chunk += step * CHUNK) {
    const counts = { ...NOTHING };
    for (let seed = first + chunk; seed < first + Math.min(chunk + CHUNK, schedules); seed++) {
      const random = createRandom(seed);
      try {
        add(counts, { schedules: 1, ...(await playWorld(createWorld(random), fakeDynamo(seed % 2 === 0), random)) });
      } catch (error) {
        parentPort?.postMessage({ failed: `seed ${seed}: ${(error as Error).message}` } satisfies Progress);
        return;
      }
    }
    parentPort?.postMessage(counts satisfies Progress);
  }
}

function add(total: Counts, more: Counts): void {
  const sums = total as Record<keyof Counts, number>;
  for (const key of Object.keys(sums) as (keyof Counts)[]) sums[key] += more[key];
}

async function start(): Promise<void> {
  const values = optionsOf({
    schedules: { type: 'string', default: '200000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    help: { type: 'boolean', default: false },
  });
  if (values.help) return console.log(HELP);
  const [schedules, first] = [Number(values.schedules), Number(values.seed)];
  const step = Math.min(availableParallelism(), Math.ceil(schedules / CHUNK));
  console.log(`${schedules} schedules from seed ${first} on ${step} cores`);

  const total = { ...NOTHING };
  const workers = Array.from({ length: step }, (_, offset) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { first, schedules, step, offset } });
    worker.on('message', (progress: Progress) => {
      if ('failed' in progress) {
        console.error(`BROKEN: ${progress.failed}`);
        process.exit(1);
      }
      add(total, progress);
      if (total.schedules % (20 * CHUNK) === 0) console.log(`  ${total.schedules} played`);
    });
    return new Promise<void>((resolve, reject) => worker.once('exit', () => resolve()).once('error', reject));
  });
  await Promise.all(workers);
  const { schedules: played, requests, ...outcomes } = total;
  const told = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  console.log(`${played} schedules, ${requests} requests: ${told.join(', ')}; 0 rows wrong`);
  process.exitCode = total.schedules === schedules ? 0 : 1;
}

if (isMainThread) await runCommand('test:model', start);
else void playAll(workerData as Parameters<typeof playAll>[0]);
