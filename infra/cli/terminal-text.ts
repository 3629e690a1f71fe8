/** Makes text safe for a terminal, and fits it to the terminal's width. */

/** The width if the terminal does not report one. */
const USUAL_COLUMNS = 80;
const FEWEST_COLUMNS = 40;

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** @returns undefined if it is not a terminal: lines for a file or a program are not shortened. */
export const columnsOf = ({ isTTY, columns }: Output): number | undefined =>
  isTTY ? Math.max(columns || USUAL_COLUMNS, FEWEST_COLUMNS) : undefined;

/** Names come from clients: characters that could move the cursor or reverse the text are shown as U+FFFD. */
export const visible = (text: string) => text.toWellFormed().replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');

/** The most columns that it takes: two for each character that some terminals show wide. */
export const widthOf = (text: string) =>
  [...text].reduce((sum, character) => sum + (character < '\u1100' || character === '…' ? 1 : 2), 0);

/** Cuts a text that is too wide in its middle: names often differ at their end. */
export function shorten(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  const characters = [...text];
  const side = (from: readonly string[], room: number) => {
    let width = 0;
    return from.findIndex((character) => (width += widthOf(character)) > room);
  };
  const room = Math.max(columns - 1, 0);
  const begin = side(characters, Math.ceil(room / 2));
  const end = side(characters.toReversed(), Math.floor(room / 2));
  return `${characters.slice(0, begin).join('')}…${end === 0 ? '' : characters.slice(-end).join('')}`;
}

export const pad = (text: string, columns: number) => text + ' '.repeat(Math.max(columns - widthOf(text), 0));

/**
 * Breaks each line at spaces. The rest continues below the beginning of the text, which comes after the line's indent or first cell
 * (an option, a level). A word that is too long stays whole, so that it can be copied.
 */
export function fold(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  return text
    .split('\n')
    .map((line) => foldLine(line, columns))
    .join('\n');
}

function foldLine(line: string, columns: number): string {
  const indent = /^ *(> |(\S+ )?\S+ {2,})?/.exec(line)?.[0] ?? '';
  const lines = [indent];
  for (const word of line.slice(indent.length).split(' ')) {
    const last = lines.at(-1) ?? '';
    const isFirst = last.length === indent.length;
    const longer = isFirst ? last + word : `${last} ${word}`;
    if (isFirst || widthOf(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(' '.repeat(indent.length) + word);
  }
  return lines.join('\n');
}
