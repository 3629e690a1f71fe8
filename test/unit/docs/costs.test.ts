import { describe, expect, it } from 'vitest';
import { pageAt } from '../../support/pages.ts';

const [, TABLE = ''] = /^\| streams at once ([^]*?)\n\n/m.exec(pageAt('docs/costs.md').text) ?? [];
/** The cells of a line of the table, by its first one. */
const cellsIn = (line: string) => {
  const row = TABLE.split('\n').find((text) => text.startsWith(`| ${line} `)) ?? expect.fail(line);
  return row
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.replaceAll(/[* ]/g, ''));
};

const byTiers = (amount: number, ...tiers: readonly (readonly [upTo: number, price: number])[]) =>
  tiers.reduce(
    (sum, [upTo, price], n) => sum + Math.max(0, Math.min(amount, upTo) - (tiers[n - 1]?.[0] ?? 0)) * price,
    0,
  );
const GB = 2 ** 30 / 1_000_000;
const GB_SECOND = 13.3334;

/** In dollars a month, by the formulas of the page; a stream of 10 minutes has so many hooks, writes and reads. */
function month(streamsAtOnce: number, { hooks = 68, writes = 22, reads = 71.4 } = {}) {
  const streams = streamsAtOnce * 0.00432;
  const [all, events] = [streams * hooks, streams * 6];
  const logs = (all * 870) / GB;
  const calls = Math.max(5.184, (streams * 18) / 200);
  return {
    'HTTP API': byTiers(all, [300, 1.2], [Infinity, 0.9]),
    'Lambda, requests': all * 0.2,
    'Lambda, time (0.005 GB-s a hook)': all * 0.01 * 0.5 * GB_SECOND,
    'Lambda, INIT (0.0005 GB-s a hook)': (all / 1000) * 0.5 * GB_SECOND,
    'DynamoDB, writes and reads': [streams * writes * 0.7625, streams * reads * 0.1525],
    'DynamoDB, rows and index entries': streams * 2 * 0.306,
    'DynamoDB, point-in-time recovery': streams * 1.3 * 0.2448,
    'CloudWatch logs, written': byTiers(logs, [10_240, 0.63], [30_720, 0.25], [51_200, 0.1], [Infinity, 0.05]),
    'CloudWatch logs, kept': logs * 0.15 * 0.0324,
    'data to the internet': byTiers(
      Math.max(0, (all * 1024) / GB - 100),
      ...([
        [10_240, 0.09],
        [51_200, 0.085],
        [153_600, 0.07],
        [Infinity, 0.05],
      ] as const),
    ),
    '[events](#events)': events + calls * 0.2 + events * 0.001 * GB_SECOND + ((calls * 300) / GB) * 0.63,
  };
}
const sumOf = (lines: ReturnType<typeof month>) =>
  Object.values(lines)
    .flat()
    .reduce((sum, dollars) => sum + dollars, 0);

const shown = (dollars: number) =>
  dollars === 0 ? '$0' : dollars < 0.5 ? 'under$1' : `$${Math.round(dollars).toLocaleString('en-US')}`;

describe('the costs of a month', () => {
  const sizes = [100, 10_000, 1_000_000];
  const months = sizes.map((size) => month(size));

  it.each(Object.keys(month(1)) as (keyof ReturnType<typeof month>)[])('follow from the formula: %s', (line) => {
    expect(cellsIn(line)).toEqual(months.map((lines) => [lines[line]].flat().map(shown).join('+')));
  });

  it('are the sum of all lines', () => {
    expect(cellsIn('**together**')).toEqual(months.map((lines) => shown(sumOf(lines))));
    const ofThousandHours = months.map((lines, n) => sumOf(lines) / (((sizes[n] ?? 0) * 720) / 1000));
    expect(cellsIn('a thousand stream hours')).toEqual(ofThousandHours.map((dollars) => `$${dollars.toFixed(2)}`));
    expect(cellsIn('the same without events')).toEqual(
      months.map((lines) => shown(sumOf(lines) - lines['[events](#events)'])),
    );
  });

  it('with fewer keep-alives are less', () => {
    for (const [line, units] of [
      ['the same with keep-alives every 30 s', { hooks: 28, reads: 31.4 }],
      ['the same with keep-alives of publishers only', { hooks: 14, writes: 13, reads: 17.4 }],
    ] as const)
      expect([line, cellsIn(line)]).toEqual([line, sizes.map((size) => shown(sumOf(month(size, units))))]);
  });
});
