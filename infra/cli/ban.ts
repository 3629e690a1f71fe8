/** `npm run ban`: keeps somebody out of a stage, lists bans, and lifts them. */
import { userInfo } from 'node:os';
import { BAN_KINDS, banKey, readDuration, type Ban, type BanKind } from '../../lib/state/bans.ts';
import { isoTime, storable } from '../../lib/state/storable.ts';
import { createBanTable, MOST_BANS, TooManyBansError } from '../../lib/store/ban-table.ts';
import { Failure, optionsOf, runCommand, UsageError } from './command-line.ts';
import { STAGE } from '../local/settings.ts';
import { explain, isStageName, openStage, type Stage } from './stage-access.ts';
import { distance } from './streams/age.ts';
import { jsonPrinter, tablePrinter, type Columns } from './streams/print.ts';
import { columnsOf, fold, visible } from './terminal-text.ts';

const HELP = `npm run ban -- --sub NAME | --name NAME | --session ID [options]

Keeps a user, a stream name or a connection from connecting, publishing,
playing and calling. The ban takes effect everywhere within 5 s. Live streams
end with their next keep-alive if stopping is on (STOP_STREAMS=true, or a
policy that can limit streams); the command says whether they will.

  --sub NAME       a user: the sub of the token
  --name NAME      a stream name, as in WCS or as in its row
  --session ID     one connection: its sessionId
  --for DURATION   how long: 90s, 15m, 1h, 7d (default: until it is lifted)
  --reason TEXT    why: kept with the ban, and in the rows of what it denies
  --lift           lifts the ban on the given user, name or connection
  --list           lists all bans
  --json           a JSON object per line
  --stage NAME     which stage (${STAGE}: the stack that npm start runs here)
  --region NAME    in which AWS region (environment: AWS_REGION; eu-central-1)
  --help           this text

There can be at most ${MOST_BANS.toLocaleString('en-US')} bans at once.`;

const TIME_MS = 15_000;
const COLUMNS: Columns = [
  ['key', 40],
  ['until', 24],
  ['at', 24],
  ['by', 12],
  ['reason', 0],
];

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const readOptions = () =>
  optionsOf({
    ...{ sub: text, name: text, session: text, for: text, reason: text, lift: flag, list: flag, json: flag },
    ...{ stage: { ...text, default: STAGE }, region: text, help: flag },
  });
type Options = ReturnType<typeof readOptions>;

function usage(message: string): never {
  throw new UsageError(message);
}

function keyOf(options: Options): string {
  const given = BAN_KINDS.filter((kind) => options[kind] !== undefined);
  const [kind] = given as (BanKind | undefined)[];
  if (kind === undefined || given.length > 1)
    usage('who? Give exactly one of --sub NAME, --name NAME and --session ID, or --list');
  try {
    return banKey(kind, options[kind] ?? '');
  } catch (error) {
    return usage(`--${(error as Error).message}`);
  }
}

function check({ list, lift, reason, stage, for: duration, ...options }: Options): void {
  if (!isStageName(stage)) usage(`--stage ${stage}: expected letters, digits and hyphens`);
  const isNamed = BAN_KINDS.some((kind) => options[kind] !== undefined);
  const isDescribed = reason !== undefined || duration !== undefined;
  if (list && (isNamed || lift || isDescribed)) usage('--list takes no other option than --json, --stage and --region');
  if (lift && isDescribed) usage('--lift takes neither --for nor --reason');
}

function banOf(options: Options, now: number): Ban {
  const { for: duration } = options;
  let seconds: number | undefined;
  try {
    seconds = duration === undefined ? undefined : readDuration(duration);
  } catch (error) {
    usage(`--${(error as Error).message}`);
  }
  const reason = storable(options.reason);
  return {
    key: keyOf(options),
    ...(seconds === undefined ? {} : { until: Math.floor(now / 1000) + seconds }),
    ...(typeof reason === 'string' ? { reason } : {}),
    by: userInfo().username,
    at: isoTime(now),
  };
}

const shown = ({ until, ...ban }: Ban) => ({
  ...ban,
  ...(until === undefined ? {} : { until: isoTime(until * 1000) }),
});

/** Whether it takes effect on live streams; not everybody who may write bans may read the functions' settings. */
async function effectOf({ key, until }: Ban, stage: Stage, now: number): Promise<string> {
  const what = `${key} is banned from ${stage.name} ${until === undefined ? 'until the ban is lifted' : `until ${isoTime(until * 1000)} (${distance(until * 1000, now)})`}.`;
  const stops = await stage.rules().then(
    ({ stopsStreams }) => stopsStreams,
    () => undefined,
  );
  if (stops === undefined) return `${what} Its live streams end with their next keep-alive if stopping is on there.`;
  if (stops) return `${what} Its live streams end with their next keep-alive.`;
  return (
    `${what} It cannot connect, nor do anything that a policy protects. Stopping is off there: its live streams continue, ` +
    `and whatever no policy protects stays possible. STOP_STREAMS=true switches stopping on, for clients that connect from then on.`
  );
}

async function run(options: Options): Promise<void> {
  check(options);
  const now = Date.now();
  const ban = options.list || options.lift ? undefined : banOf(options, now);
  const lifted = options.lift ? keyOf(options) : undefined;
  const stage = openStage(options.stage, options.region);
  const table = createBanTable(stage.dynamo, stage.bansTable, Date.now);
  const signal = AbortSignal.timeout(TIME_MS);
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  const print = (bans: readonly Ban[]) =>
    (options.json ? jsonPrinter(write) : tablePrinter(COLUMNS, write)).rows(bans.map(shown));
  const say = (sentence: string) =>
    console[options.json ? 'error' : 'log'](fold(visible(sentence), columnsOf(process.stdout)));

  if (lifted !== undefined) {
    const was = await table.remove(lifted, signal);
    if (!was) throw new Failure(visible(`There is no ban on ${lifted} in ${stage.bansTable}.`));
    if (options.json) print([was]);
    return say(`The ban on ${lifted} is lifted; this takes effect everywhere within 5 s.`);
  }
  const held = await table.read(signal);
  if (!ban) {
    if (held.length > 0) print(held.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
    else if (!options.json) say(`Nobody is banned from ${stage.name}.`);
    return;
  }
  if (held.length >= MOST_BANS && !held.some(({ key }) => key === ban.key)) throw new TooManyBansError();
  await table.put(ban, signal);
  if (options.json) print([ban]);
  say(await effectOf(ban, stage, now));
}

await runCommand('ban', async () => {
  const options = readOptions();
  if (options.help) return console.log(fold(HELP, columnsOf(process.stdout)));
  await run(options).catch((error: unknown) => {
    if (error instanceof UsageError || error instanceof Failure) throw error;
    if (error instanceof TooManyBansError)
      throw new Failure(`There are ${MOST_BANS} bans: lift some (--list, --lift).`);
    const stage = openStage(options.stage, options.region);
    const { said, todo } = explain(error, stage);
    throw new Failure(`${stage.bansTable} cannot be used: ${said}.\n${todo} With BANS=false, a stage has no bans.`);
  });
});
