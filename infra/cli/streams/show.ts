/** Shows or does what the options say. */
import { end } from '../end.ts';
import type { RowTable } from '../rows.ts';
import { showRow, tell, thereIsNone } from '../show-row.ts';
import { explain, type Stage } from '../stage-access.ts';
import { showHistory } from '../history/show.ts';
import { interrupted } from '../interrupted.ts';
import { counted, howMany, showList } from './list.ts';
import type { Options } from './options.ts';
import { liveStreams, type Pages, type Stream } from './read.ts';
import { stopStream, takeStopBack, whatStopDoes, whatUndoDid, type Stopping } from './stop.ts';
import { printerOf, VIEWERS, type Out } from './tables.ts';
import { countViewers, isOnNode } from './viewers.ts';

export type ShownStage = Pick<Stage, 'dynamo' | 'streamsTable' | 'rules' | 'name' | 'place' | 'isLocal' | 'logs'>;

/** @returns a function that resolves to a sentence if something could not be done; it rejects with the database's errors */
export function createShow(
  stage: ShownStage,
  { what, json }: Pick<Options, 'what' | 'json'>,
): (limit: number, out: Out) => Promise<string | undefined> {
  const table: RowTable = { dynamo: stage.dynamo, name: stage.streamsTable, kind: 'stream' };

  async function showViewers(node: string | undefined, limit: number, out: Out): Promise<void> {
    const printer = printerOf(VIEWERS, json, out);
    const names = await countViewers(onNode(liveStreams(stage), node));
    printer.rows(names.slice(0, limit).map((name) => ({ ...name })));
    if (names.length > limit) printer.note(`Only the first ${limit} of ${names.length} names: --limit.`);
    const sum = (key: 'viewers' | 'publishers') => names.reduce((total, name) => total + name[key], 0);
    const live = { publishing: sum('publishers'), playing: sum('viewers') };
    printer.note(`${howMany(live)} in ${table.name}, of ${counted(names.length, 'name')}.`);
  }

  async function stop(id: string, reason: string | undefined, out: Out): Promise<string | undefined> {
    const stream = await stopStream(stage, id, reason);
    if (!stream) return thereIsNone(table, id);
    tell('stream', stream, whatStopDoes(id, stream, await stoppingOf(stage), out.now()), json, out);
    return undefined;
  }

  async function undo(id: string, out: Out): Promise<string | undefined> {
    const before = await takeStopBack(stage, id);
    if (!before) return thereIsNone(table, id);
    const { stop: _, stopSentAt: __, ...after } = before;
    tell('stream', after, whatUndoDid(id, before), json, out);
    return undefined;
  }

  return async (limit, out) => {
    switch (what.kind) {
      case 'list':
        return void (await showList(stage, what, limit, json, out));
      case 'viewers':
        return void (await showViewers(what.node, limit, out));
      case 'one':
        return showRow(table, what.id, json, out);
      case 'history': {
        const { id, since } = what;
        return showHistory(stage, { of: 'stream', id, table: table.name, since }, json, out, interrupted());
      }
      case 'stop':
        return stop(what.id, what.reason, out);
      case 'undo':
        return undo(what.id, out);
      case 'end':
        return end(stage, table, what, json, out);
    }
  };
}

async function* onNode(pages: Pages, node: string | undefined): AsyncGenerator<Stream[]> {
  for await (const page of pages) yield page.filter((stream) => node === undefined || isOnNode(stream, node));
}

/** Not everybody who may write rows may read the functions' settings. */
const stoppingOf = (stage: ShownStage): Promise<Stopping> =>
  stage.rules().then(
    ({ stopsStreams }) => (stopsStreams ? 'on' : 'off'),
    (error: unknown) => ({ unknown: explain(error, stage).said }),
  );
