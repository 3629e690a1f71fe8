/** Shows or does what the options ask for. */
import { rulesOf, type StreamRules } from '../function-settings.ts';
import { ordered } from '../rows.ts';
import { fold, visible } from '../terminal-text.ts';
import { showRow } from '../show-row.ts';
import { explain, type Stage } from '../stage-access.ts';
import { showHistory } from '../history/show.ts';
import { interrupted } from '../interrupted.ts';
import { endStream, whatEndDid } from './end.ts';
import { counted, howMany, showList } from './list.ts';
import type { Options } from './options.ts';
import { jsonPrinter } from './print.ts';
import { liveStreams, type Pages, type Stream } from './read.ts';
import { stopStream, takeStopBack, whatStopDoes, whatUndoDid, type Stopping } from './stop.ts';
import { printerOf, VIEWERS, type Out } from './tables.ts';
import { countViewers, isOnNode } from './viewers.ts';

export type ShownStage = Pick<Stage, 'dynamo' | 'streamsTable' | 'rules' | 'name' | 'place' | 'isLocal' | 'logs'>;

/** @returns a function that resolves to a sentence about what could not be done, if so; it throws the database's errors */
export function createShow(
  stage: ShownStage,
  { what, json }: Pick<Options, 'what' | 'json'>,
): (limit: number, out: Out) => Promise<string | undefined> {
  const table = stage.streamsTable;
  const thereIsNone = (id: string) => visible(`There is no stream ${id} in ${table}.`);

  async function showViewers(node: string | undefined, limit: number, out: Out): Promise<void> {
    const printer = printerOf(VIEWERS, json, out);
    const names = await countViewers(onNode(liveStreams(stage), node));
    printer.rows(names.slice(0, limit).map((name) => ({ ...name })));
    if (names.length > limit) printer.note(`Only the first ${limit} of ${names.length} names: --limit.`);
    const sum = (key: 'viewers' | 'publishers') => names.reduce((total, name) => total + name[key], 0);
    const live = { publishing: sum('publishers'), playing: sum('viewers') };
    printer.note(`${howMany(live)} in ${table}, of ${counted(names.length, 'name')}.`);
  }

  /** Reports the result: a program reads the row, a person the sentence. */
  function tell(stream: Stream, sentence: string, { write, columns, warn }: Out): void {
    if (!json) return write(fold(visible(sentence), columns));
    jsonPrinter(write).rows([ordered('stream', stream)]);
    warn(visible(sentence));
  }

  async function stop(id: string, reason: string | undefined, out: Out): Promise<string | undefined> {
    const stream = await stopStream(stage, id, reason);
    if (!stream) return thereIsNone(id);
    tell(stream, whatStopDoes(id, stream, await stoppingOf(stage), out.now()), out);
    return undefined;
  }

  async function undo(id: string, out: Out): Promise<string | undefined> {
    const before = await takeStopBack(stage, id);
    if (!before) return thereIsNone(id);
    const { stop: _, stopSentAt: __, ...after } = before;
    tell(after, whatUndoDid(id, before), out);
    return undefined;
  }

  async function end(id: string, isSure: boolean, out: Out): Promise<string | undefined> {
    const ended = await endStream(stage, id, { isSure, now: out.now, rules: await rulesOrDefaults(stage, out.warn) });
    if (!ended) return thereIsNone(id);
    if ('whyNot' in ended) return visible(ended.whyNot);
    tell({ mediaSessionId: id, ...ended.after }, whatEndDid(id, ended.before, out.now()), out);
    return undefined;
  }

  return async (limit, out) => {
    switch (what.kind) {
      case 'list':
        return void (await showList(stage, what, limit, json, out));
      case 'viewers':
        return void (await showViewers(what.node, limit, out));
      case 'one':
        return showRow({ dynamo: stage.dynamo, name: table, kind: 'stream' }, what.id, json, out);
      case 'history': {
        const { id, since } = what;
        return showHistory(stage, { of: 'stream', id, table, since }, json, out, interrupted());
      }
      case 'stop':
        return stop(what.id, what.reason, out);
      case 'undo':
        return undo(what.id, out);
      case 'end':
        return end(what.id, what.isSure, out);
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

const rulesOrDefaults = (stage: ShownStage, warn: Out['warn']): Promise<StreamRules> =>
  stage.rules().catch((error: unknown) => {
    const rules = rulesOf({});
    warn(
      `The settings of ${stage.name} cannot be seen (${explain(error, stage).said}): taken for the defaults, a lease of ` +
        `${rules.leaseSeconds} s and ${rules.retentionSeconds / 86_400} days until the row is removed.`,
    );
    return rules;
  });
