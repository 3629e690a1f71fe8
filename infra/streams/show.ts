/** Prints what was asked for. */
import { KINDS } from '../../lib/state/row.ts';
import type { Stage } from '../stage-access.ts';
import type { Options } from './options.ts';
import { jsonPrinter, rowPrinter, tablePrinter, visible, type Columns, type Printer } from './print.ts';
import { liveStreams, readStream, streamsNamed, type Stream } from './read.ts';
import { stopStream, whatStopDoes } from './stop.ts';
import { countViewers, isOnNode } from './viewers.ts';

const LIVE: Columns = [
  ['live', 10],
  ['startedAt', 24],
  ['mediaSessionId', 36],
  ['nodeId', 48],
  ['name', 0],
];
const NAMED: Columns = [
  ['phase', 8],
  ['status', 11],
  ['published', 9],
  ['firstSeenAt', 24],
  ['endedAt', 24],
  ['mediaSessionId', 36],
  ['nodeId', 0],
];
const VIEWERS: Columns = [
  ['viewers', 7],
  ['publishers', 10],
  ['name', 0],
];

/** @returns a function that resolves to what is not there, if so; it throws what the database throws */
export function createShow(
  stage: Pick<Stage, 'dynamo' | 'streamsTable'>,
  { what, limit, json }: Pick<Options, 'what' | 'limit' | 'json'>,
  write: (line: string) => void,
): () => Promise<string | undefined | void> {
  const table = stage.streamsTable;
  const printed = (forPeople: Printer) => (json ? jsonPrinter(write) : forPeople);
  const thereIsNone = (id: string) => visible(`There is no stream ${id} in ${table}.`);

  /** Prints them up to the limit, and then what `sum` says of all of them. */
  async function show(streams: AsyncIterable<Stream>, printer: Printer, sum: (total: number, live: Live) => string) {
    const live = { publishing: 0, playing: 0 };
    let total = 0;
    for await (const stream of streams) {
      if (total === limit) return printer.note(`Only the first ${limit}, there are more: --limit.`);
      printer.row(ordered(stream));
      total++;
      if (stream.live !== undefined) live[stream.live === 'publishing' ? 'publishing' : 'playing']++;
    }
    printer.note(sum(total, live));
  }

  // Where a limit is given, one more is read than shown, to know whether there are more.

  function showLive(node: string | undefined): Promise<void> {
    const streams = liveStreams(stage, node === undefined ? limit + 1 : Infinity);
    const where = node === undefined ? table : `${table} on ${visible(node)}`;
    return show(
      onNode(streams, node),
      printed(tablePrinter(LIVE, write)),
      (_, live) => `${howMany(live)} in ${where}.`,
    );
  }

  const showNamed = (name: string) =>
    show(
      streamsNamed(stage, name, limit + 1),
      printed(tablePrinter(NAMED, write)),
      (total, live) => `${counted(total, 'stream')} named ${visible(name)} in ${table}: ${howMany(live)}.`,
    );

  async function showViewers(node: string | undefined): Promise<void> {
    const printer = printed(tablePrinter(VIEWERS, write));
    const names = await countViewers(onNode(liveStreams(stage), node));
    for (const name of names.slice(0, limit)) printer.row({ ...name });
    if (names.length > limit) printer.note(`Only the first ${limit} of ${names.length} names: --limit.`);
    const sum = (key: 'viewers' | 'publishers') => names.reduce((total, name) => total + name[key], 0);
    const live = { publishing: sum('publishers'), playing: sum('viewers') };
    printer.note(`${howMany(live)} in ${table}, of ${counted(names.length, 'name')}.`);
  }

  async function showOne(id: string): Promise<string | undefined> {
    const stream = await readStream(stage, id);
    if (!stream) return thereIsNone(id);
    printed(rowPrinter(write)).row(ordered(stream));
  }

  async function stop(id: string, reason: string | undefined): Promise<string | undefined> {
    const stream = await stopStream(stage, id, reason);
    if (!stream) return thereIsNone(id);
    if (json) jsonPrinter(write).row(ordered(stream));
    else write(visible(whatStopDoes(id, stream)));
  }

  return () => {
    switch (what.kind) {
      case 'live':
        return showLive(what.node);
      case 'viewers':
        return showViewers(what.node);
      case 'named':
        return showNamed(what.name);
      case 'one':
        return showOne(what.id);
      case 'stop':
        return stop(what.id, what.reason);
    }
  };
}

async function* onNode(streams: AsyncIterable<Stream>, node: string | undefined): AsyncGenerator<Stream> {
  for await (const stream of streams) if (node === undefined || isOnNode(stream, node)) yield stream;
}

interface Live {
  readonly publishing: number;
  readonly playing: number;
}
const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
const howMany = (live: Live) => `${counted(live.publishing, 'publisher')} and ${counted(live.playing, 'viewer')} live`;

/** In the order in which a person reads a row. */
function ordered(stream: Stream): Stream {
  const names = ['mediaSessionId', ...KINDS.stream.owned, ...Object.keys(stream)] as (keyof Stream)[];
  return Object.fromEntries(names.flatMap((name) => (stream[name] === undefined ? [] : [[name, stream[name]]])));
}
