/** Starts containers (container.mjs), each a process of its own, and collects what they say. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { join } from 'node:path';
import { RECEIVERS, type Bundle, type Receiver } from './bundles.ts';
import type { Options } from './options.ts';
import { spread, type Spread } from './statistics.ts';

/** Milliseconds. */
export interface Time {
  readonly wall: number;
  readonly cpu: number;
}
/** `init`: what Lambda does before the first hook, the bundle's own awaiting included. `all`: both. */
export type First = Readonly<Record<'init' | 'hook' | 'all', Time>>;
export type Warm = Readonly<Record<'oneByOne' | 'sixteen', { readonly cpuMicros: number; readonly perSecond: number }>>;
/** In MB, by the number of hooks. */
export type Memory = Readonly<Record<string, { readonly heap: number; readonly resident: number }>>;

export interface Place {
  readonly bundles: Record<Receiver, Bundle>;
  readonly hooksFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

async function container<Result>(
  { hooksFile, environment }: Place,
  { file }: Bundle,
  task: 'first' | 'warm' | 'memory',
  ...counts: number[]
): Promise<Result> {
  const flags = task === 'memory' ? ['--expose-gc'] : [];
  const script = join(import.meta.dirname, 'container.mjs');
  const child = spawn(process.execPath, [...flags, script, file, hooksFile, task, ...counts.map(String)], {
    env: environment,
    // The log is written, as in a Lambda, to where nobody waits.
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const result = await text(child.stdio[3] as Readable);
  const code = await ended;
  if (code !== 0) throw new Error(`the container of ${file} ended with ${code}`);
  return JSON.parse(result) as Result;
}

export type Cold = Record<Receiver, Record<keyof First, Record<keyof Time, Spread>>>;
export type Warmed = Record<Receiver, Record<keyof Warm, Record<'cpuMicros' | 'perSecond', Spread>>>;

/** One of each after another, `rounds` times: what disturbs the machine disturbs all. */
async function inTurns<Result>(
  { rounds, only }: Options,
  measure: (receiver: Receiver) => Promise<Result>,
): Promise<[Receiver, Result[]][]> {
  const results = new Map<Receiver, Result[]>(RECEIVERS.filter((one) => only.includes(one)).map((one) => [one, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [receiver, list] of results) list.push(await measure(receiver));
  }
  return [...results];
}

export async function coldStarts(place: Place, options: Options): Promise<Cold> {
  const results = await inTurns(options, (one) => container<First>(place, place.bundles[one], 'first'));
  const of = (list: First[]) => {
    const part = (name: keyof First) => ({
      wall: spread(list.map((first) => first[name].wall)),
      cpu: spread(list.map((first) => first[name].cpu)),
    });
    return { init: part('init'), hook: part('hook'), all: part('all') };
  };
  return Object.fromEntries(results.map(([receiver, list]) => [receiver, of(list)])) as Cold;
}

export async function warmRuns(place: Place, options: Options): Promise<Warmed> {
  const { warm } = options;
  const measure = (one: Receiver) => container<Warm>(place, place.bundles[one], 'warm', warm / 2, warm);
  const results = await inTurns(options, measure);
  const of = (list: Warm[]) => {
    const part = (name: keyof Warm) => ({
      cpuMicros: spread(list.map((run) => run[name].cpuMicros)),
      perSecond: spread(list.map((run) => run[name].perSecond)),
    });
    return { oneByOne: part('oneByOne'), sixteen: part('sixteen') };
  };
  return Object.fromEntries(results.map(([receiver, list]) => [receiver, of(list)])) as Warmed;
}

export async function memoryUse(place: Place, options: Options): Promise<Record<Receiver, Memory>> {
  const { hooks } = options;
  const measure = (one: Receiver) =>
    container<Memory>(place, place.bundles[one], 'memory', Math.round(hooks / 5), hooks);
  const results = await inTurns({ ...options, rounds: 1 }, measure);
  return Object.fromEntries(results.map(([receiver, [memory]]) => [receiver, memory])) as Record<Receiver, Memory>;
}
