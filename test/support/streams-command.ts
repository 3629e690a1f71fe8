import {
  BatchGetItemCommand,
  DescribeTableCommand,
  QueryCommand,
  ScanCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { rulesOf, type StreamRules } from '../../infra/cli/function-settings.ts';
import { readOptions } from '../../infra/cli/streams/options.ts';
import { createShow } from '../../infra/cli/streams/show.ts';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { startDynamo, tablesOf } from './dynamo.ts';
import { testSettings } from './settings.ts';

export const NODES = ['one@10.0.0.1', 'two@10.0.0.11'] as const;
export const T0 = Date.parse('2026-01-01T00:00:00.000Z');
/** What the functions of a stage are set to that stops streams. */
export const STOPPING: StreamRules = { ...rulesOf({}), stopsStreams: true };

/** `npm run streams` on a table of its own, with what a test may change about both. */
export async function startStreamsCommand() {
  const dynamo = await startDynamo();
  const control = {
    /** The time of the last hook, and how much later the command runs. */
    clock: T0,
    later: 0,
    rules: (): Promise<StreamRules> => Promise.resolve(STOPPING),
    /** The terminal's, if it is one. */
    columns: undefined as number | undefined,
    /** Whether the table leaves the next batch unprocessed. */
    isBusy: false,
    pageSize: 3,
    describeTable: (): object => ({ Table: { ItemCount: 12_345, TableSizeBytes: 8_192_000 } }),
  };
  const nextSecond = () => (control.clock += 1000);

  async function tell(mediaSessionId: string, name: string, status: string, nodeId: string = NODES[0], sub?: string) {
    const store = createDynamoStore(dynamo.client, testSettings(tablesOf(dynamo)));
    const body = { mediaSessionId, name, status, published: /PUBLISH/.test(status), nodeId };
    const recorded = sub === undefined ? {} : { isDecided: true, sub };
    return store.upsert(given(sightingOf('StreamStatusEvent', body, nextSecond(), recorded)));
  }

  async function keepAlive(mediaSessionId: string, env: Record<string, string> = {}) {
    const store = createDynamoStore(dynamo.client, testSettings({ ...tablesOf(dynamo), ...env }));
    const body = { mediaSessionId, status: 'PUBLISHING', published: true, nodeId: NODES[0] };
    return store.keepAlive(given(sightingOf('StreamKeepAliveEvent', body, nextSecond(), {})));
  }

  const lose = (id: string, why = 'no keep-alive for 120 s') =>
    dynamo.set(id, { phase: { S: 'lost' }, lost: { S: why }, live: undefined, expiresAt: { N: '9999999999' } });

  /** Small pages, and a table that is busy once where a test says so. */
  const inSmallPages = {
    async send(command: QueryCommand | BatchGetItemCommand | DescribeTableCommand) {
      if (command instanceof QueryCommand || command instanceof ScanCommand) {
        command.input.Limit = Math.min(control.pageSize, command.input.Limit ?? control.pageSize);
      }
      if (command instanceof BatchGetItemCommand && control.isBusy) {
        control.isBusy = false;
        return { Responses: {}, UnprocessedKeys: command.input.RequestItems };
      }
      if (command instanceof DescribeTableCommand) return control.describeTable();
      return dynamo.client.send(command as QueryCommand);
    },
  } as Pick<DynamoDBClient, 'send'>;

  async function streams(...args: string[]) {
    const options = readOptions(args);
    if (options === 'help') throw new Error('--help');
    const [lines, warnings, progress]: [string[], string[], (string | undefined)[]] = [[], [], []];
    const at = { name: 'test', place: 'here', isLocal: false, logs: () => Promise.reject(new Error('nobody asks')) };
    const stage = { ...at, dynamo: inSmallPages, streamsTable: dynamo.table, rules: () => control.rules() };
    const missing = await createShow(stage, options)(options.limit, {
      write: (line) => lines.push(line),
      columns: control.columns,
      now: () => control.clock + control.later,
      warn: (text) => warnings.push(text),
      progress: (text) => progress.push(text),
    });
    return { lines, missing, warnings, progress, text: lines.join('\n') };
  }
  async function onTerminal(width: number, ...args: string[]) {
    control.columns = width;
    return streams(...args).finally(() => (control.columns = undefined));
  }
  const idsOf = async (...args: string[]) =>
    (await streams(...args, '--json')).lines.map(
      (line) => (JSON.parse(line) as { mediaSessionId: string }).mediaSessionId,
    );

  return {
    dynamo,
    control,
    tell,
    keepAlive,
    lose,
    streams,
    onTerminal,
    idsOf,
    /** Before all tests: a watched room, another, one that has ended, and a name that means harm. */
    tellRooms: async (): Promise<void> => {
      await tell('p-room', 'room', 'PUBLISHING');
      await tell('v1', 'room', 'PLAYING');
      await tell('v2', 'room', 'PLAYING', NODES[1]);
      await tell('v3', 'other', 'PLAYING');
      await tell('gone', 'room', 'PLAYING');
      await tell('gone', 'room', 'STOPPED');
      // A name is its client's: this one would clear the screen of who reads it, and write to the left from there.
      await tell('evil', '\u001b[2Jevil\u009b\u202e\u{e0001}', 'PUBLISHING');
    },
    /** Before each test. */
    reset: (): void => {
      dynamo.requests.length = 0;
      control.rules = () => Promise.resolve(STOPPING);
      control.later = 0;
    },
  };
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a hook with an id is a sighting');
  return value;
}
