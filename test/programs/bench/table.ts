/** The figures in columns, each with its ratio to the first one's. */
import { TITLES, type Receiver } from './bundles.ts';
import type { Spread } from './statistics.ts';

const TITLE_WIDTH = 46;
const COLUMN_WIDTH = 30;

export interface Table {
  head(): void;
  row(
    title: string,
    unit: string,
    figures: Readonly<Partial<Record<Receiver, Spread | number>>>,
    digits?: number,
  ): void;
}

export function createTable(receivers: readonly Receiver[], write: (line: string) => void): Table {
  const line = (title: string, cells: readonly string[]) =>
    write([title.padEnd(TITLE_WIDTH), ...cells.map((cell) => cell.padStart(COLUMN_WIDTH))].join('').trimEnd());
  return {
    head: () =>
      line(
        '',
        receivers.map((receiver) => TITLES[receiver]),
      ),
    row(title, unit, figures, digits = 1) {
      const middle = (figure: Spread | number) => (typeof figure === 'number' ? figure : figure.median);
      const [base] = receivers;
      const first = base && figures[base];
      line(
        `${title}, ${unit}`,
        receivers.map((receiver) => {
          const figure = figures[receiver];
          if (figure === undefined) return '';
          const range =
            typeof figure === 'number' ? '' : ` (${figure.least.toFixed(digits)} to ${figure.most.toFixed(digits)})`;
          const ratio =
            first === undefined || receiver === base ? '' : ` ×${(middle(figure) / middle(first)).toFixed(2)}`;
          return `${middle(figure).toFixed(digits)}${range}${ratio.padStart(7)}`;
        }),
      );
    },
  };
}
