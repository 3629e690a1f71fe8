/** `npm run usage`: counts streams and calls, and their minutes. */
import { Failure, runCommand } from '../command-line.ts';
import { explain, openStage } from '../stage-access.ts';
import { columnsOf, fold } from '../terminal-text.ts';
import { HELP } from './help.ts';
import { readOptions, type Options } from './options.ts';
import { cellsOf, cellsOfOne, linesOf } from './print.ts';
import { readIntervals } from './read.ts';
import { clipped, usageBy, usageOf } from './sum.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const ERASE_LINE = '\r\u001b[K';
function progress(text = ''): void {
  if (process.stderr.isTTY) process.stderr.write(ERASE_LINE + text);
}
const warn = (text: string) => console.error(fold(text, columnsOf(process.stderr)));

async function run({ range, by, sub, format, stage: name, region }: Options, now: number): Promise<void> {
  const stage = openStage(name, region);
  const rules = await stage.rules().catch(() => undefined);
  const keptSince = rules === undefined ? -Infinity : now - rules.retentionSeconds * 1000;
  if (range.from < keptSince)
    warn(`Rows expire after RETENTION_DAYS, so what ended before ${new Date(keptSince).toISOString()} is not counted.`);

  const isWithSub = sub !== undefined || by === 'sub';
  const { intervals, units } = await readIntervals(stage, range, { now, keptSince }, isWithSub, ({ hours, of }) =>
    progress(`${hours} of ${of} hours read`),
  ).catch((error: unknown) => {
    progress();
    const { said, todo } = explain(error, stage);
    throw new Failure(`The usage of ${name} cannot be read: ${said}.\n${todo}`);
  });
  progress();

  const used = intervals.flatMap((interval) => clipped(interval, range) ?? []);
  const write = (lines: string[]) => process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  if (sub === undefined) {
    const groups = usageBy(used, by).map((usage) => cellsOf(usage, by));
    write(linesOf(groups, cellsOf({ ...usageOf(used), key: 'total' }, by), format));
  } else {
    const hers = used.filter((one) => one.sub === sub).sort((a, b) => a.from - b.from);
    write(linesOf(hers.map(cellsOfOne), undefined, format));
    if (hers.length === 0) warn(`${sub} had no streams or calls in this range.`);
  }
  if (format === 'table')
    warn(
      `${new Date(range.from).toISOString()} to ${new Date(range.to).toISOString()}; ${Math.ceil(units)} read units.`,
    );
}

await runCommand('usage', async () => {
  const now = Date.now();
  const options = readOptions(process.argv.slice(2), now);
  if (options === 'help') console.log(fold(HELP, columnsOf(process.stdout)));
  else await run(options, now);
});
