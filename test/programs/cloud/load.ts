/** Hooks that come while something happens, and whether what was acknowledged is kept. */
import { setTimeout as sleep } from 'node:timers/promises';
import { missingFrom, type Acknowledged } from '../faults/acknowledged.ts';
import { createRandom } from '../../simulator/random.ts';
import { play } from '../../simulator/run.ts';
import { SCENARIOS } from '../../simulator/scenarios.ts';
import { createRowReader } from '../../simulator/verify.ts';
import { createWcs, type Hook } from '../../simulator/wcs.ts';
import type { Stage } from './stage.ts';

export interface Load {
  readonly sent: number;
  readonly acknowledged: readonly Acknowledged[];
  /** How often each other answer came. */
  readonly others: ReadonlyMap<number | string, number>;
  /** The acknowledged hooks that are not in their rows. */
  missing(): Promise<string[]>;
}

interface Lives {
  readonly streams: number;
  /** Between the hooks of a client, in milliseconds. */
  readonly pause?: number;
  /** Which are sent. */
  readonly picks?: (method: string) => boolean;
  readonly isOver?: () => boolean;
}

const CLIENTS = 6;
let seed = Date.now();

/** What is said of some streams, each with a player, from their start to their end. */
export async function sendLives(
  stage: Stage,
  { streams, pause = 0, picks = () => true, isOver = () => false }: Lives,
): Promise<Load> {
  const { scripts, rows } = SCENARIOS.lifecycle[1]({ streams, players: 1, keepAlives: 2 }, createRandom(seed++));
  const acknowledged: Acknowledged[] = [];
  const others = new Map<number | string, number>();
  const sentAt = new Map<Hook, number>();
  /** Of each hook anew: a rotation changes the secret. */
  async function send(hook: Hook) {
    if (isOver()) return undefined;
    const wcs = createWcs({ url: stage.url, secret: stage.secret, timeout: 15_000, connections: 1 });
    sentAt.set(hook, Date.now());
    const answer = await wcs.send(hook);
    wcs.close();
    return answer;
  }
  const picked = scripts.map((script) => script.filter(({ method }) => picks(method)));
  await play(picked, { send }, CLIENTS, async (answer, hook) => {
    if (answer.acknowledged) acknowledged.push({ hook, sentAt: sentAt.get(hook) ?? 0, answeredAt: Date.now() });
    else others.set(answer.status, (others.get(answer.status) ?? 0) + 1);
    await sleep(pause);
  });
  return {
    ...{ sent: sentAt.size, acknowledged, others },
    async missing() {
      const readRows = createRowReader({ endpoint: stage.endpoint, table: stage.streamsTable, kind: 'stream' });
      return missingFrom(await readRows([...rows.keys()]), acknowledged);
    },
  };
}

/** Some hooks a second, as long as something takes. */
export async function sendDuring(stage: Stage, happening: Promise<unknown>, picks?: Lives['picks']): Promise<Load> {
  let isOver = false;
  const end = happening.finally(() => (isOver = true));
  const load = sendLives(stage, { streams: 1000, pause: 500, isOver: () => isOver, ...(picks && { picks }) });
  await end;
  return load;
}

export const notAcknowledged = ({ others }: Load, when: string) =>
  [...others].map(([status, count]) => `${count} hooks were answered ${status} ${when}`);
