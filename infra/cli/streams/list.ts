/** Lists streams: reads them, prints them, and sums them up. */
import { only, ordered } from '../rows.ts';
import { visible } from '../terminal-text.ts';
import type { Wanted } from './options.ts';
import type { Printer } from './print.ts';
import {
  liveStreams,
  lostStreams,
  rowsOf,
  sizeOf,
  streamsNamed,
  type Course,
  type Pages,
  type Stream,
  type Streams,
} from './read.ts';
import { LIVE, LOST, NAMED, printerOf, type Out } from './tables.ts';
import { isOnNode } from './viewers.ts';

export async function showList(
  streams: Streams,
  wanted: Wanted,
  limit: number,
  json: boolean,
  out: Out,
): Promise<void> {
  const { name, node, sub, lost } = wanted;
  const where = `${streams.streamsTable}${node === undefined ? '' : ` on ${visible(node)}`}${sub === undefined ? '' : ` of ${visible(sub)}`}`;
  // One more is read than shown, to know whether there are more; with a filter all may have to be read.
  const more = limit + 1;
  const isFilteredByRow = sub !== undefined || lost;
  const rowsAtMost = isFilteredByRow ? Infinity : more;
  const shownAtMost = isFilteredByRow || node !== undefined ? Infinity : more;
  const isThere = (stream: Stream) => node === undefined || isOnNode(stream, node);
  const isOf = (stream: Stream) => sub === undefined || stream.sub === sub;
  /** The index may be slightly out of date: the row decides. */
  const isInPhase = ({ phase, live }: Stream) => (lost ? phase === 'lost' : name !== undefined || live !== undefined);
  const found = (pages: Pages) =>
    only(rowsOf(streams, only(pages, isThere), rowsAtMost), (stream) => isOf(stream) && isInPhase(stream));

  if (name !== undefined) {
    const what = `named ${visible(name)}${lost ? ' lost' : ''} in ${where}`;
    return print(
      found(streamsNamed(streams, name, shownAtMost)),
      limit,
      printerOf(NAMED, json, out),
      ({ total, ...live }) =>
        lost ? `${counted(total, 'stream')} ${what}.` : `${counted(total, 'stream')} ${what}: ${howMany(live)}.`,
    );
  }
  if (!lost) {
    return print(
      found(liveStreams(streams, shownAtMost)),
      limit,
      printerOf(LIVE, json, out),
      (live) => `${howMany(live)} in ${where}.`,
    );
  }
  return showLost(streams, (stream) => isThere(stream) && isOf(stream), where, limit, printerOf(LOST, json, out), out);
}

async function showLost(
  streams: Streams,
  isWanted: (stream: Stream) => boolean,
  where: string,
  limit: number,
  printer: Printer<Stream>,
  { warn, progress }: Out,
): Promise<void> {
  const size = await sizeOf(streams);
  const about = size && `about ${number(size.read)} rows, ${number(size.units)} read units`;
  warn(`No index holds what is lost: the whole table is read${about ? `, ${about}` : ''}. Ctrl-C ends it.`);
  let course: Course = { read: 0, units: 0 };
  const pages = lostStreams(streams, (now) => {
    course = now;
    progress(`${number(now.read)}${size ? ` of about ${number(size.read)}` : ''} rows read`);
  });
  const quiet: Printer<Stream> = {
    ...printer,
    rows(rows) {
      if (rows.length > 0) progress(undefined);
      printer.rows(rows);
    },
    note(text) {
      progress(undefined);
      printer.note(text);
    },
  };
  await print(
    only(pages, isWanted),
    limit,
    quiet,
    ({ total }) =>
      `${counted(total, 'stream')} lost in ${where}: ${number(course.read)} rows read, ${number(Math.ceil(course.units))} read units.`,
  );
  progress(undefined);
}

export interface Live {
  readonly publishing: number;
  readonly playing: number;
}

/** Prints them up to the limit, and then the sentence of `sum` about all of them. */
async function print(
  pages: Pages,
  limit: number,
  printer: Printer<Stream>,
  sum: (found: Live & { readonly total: number }) => string,
): Promise<void> {
  const found = { publishing: 0, playing: 0, total: 0 };
  for await (const page of pages) {
    const shown = page.slice(0, limit - found.total);
    if (shown.length > 0) printer.rows(shown.map((stream) => ordered('stream', stream)));
    found.total += shown.length;
    for (const { live } of shown) if (live !== undefined) found[live === 'publishing' ? 'publishing' : 'playing']++;
    if (page.length > shown.length) return printer.note(`Only the first ${limit}, there are more: --limit.`);
  }
  printer.note(sum(found));
}

export const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
export const howMany = (live: Live) =>
  `${counted(live.publishing, 'publisher')} and ${counted(live.playing, 'viewer')} live`;
const number = (count: number) => count.toLocaleString('en-US');
