/** Where URIs are in a text, also percent-encoded ones: players by RTSP and HLS ask for `…/rtsp%3A%2F%2Fcamera%2F1`. */

export interface Uri {
  /** May be empty: `//host/path`. */
  readonly scheme: string;
  /** Where its scheme ends. */
  readonly colonAt: number;
  /** Where its user part and host begin. */
  readonly hostAt: number;
  /** How often it is percent-encoded. */
  readonly level: number;
}

/** How often a URI can be encoded and still be found. */
export const LEVELS = [0, 1, 2, 3, 4] as const;

/** One slash is enough for many players, and so is the wrong one. `C:\` is a disk. */
const SCHEME_END = /^\s*[/\\]{2,}|(?<!(?:^|[^a-z0-9+.-])[a-z])(?::|%(?:25){0,3}3a)(?:[/\\]|%(?:25){0,3}(?:2f|5c))+/gi;
const MAX_SCHEME = 20;
const ESCAPE = /%(?:25)*[0-9a-f]{2}/gi;

/** The first URI that begins at `from` or behind it. */
export function findUri(text: string, from: number): Uri | undefined {
  SCHEME_END.lastIndex = from;
  const found = SCHEME_END.exec(text);
  if (!found) return undefined;
  const before = text.slice(Math.max(0, found.index - MAX_SCHEME), found.index);
  const encoded = /%((?:25)*)/.exec(found[0]);
  return {
    scheme: schemeAtEnd(before.replace(ESCAPE, '/')),
    colonAt: found.index,
    hostAt: found.index + found[0].length,
    level: encoded ? 1 + (encoded[1] ?? '').length / 2 : 0,
  };
}

const schemeAtEnd = (text: string) => (text.split(/[^a-z0-9+.-]/i).at(-1) ?? '').replace(/^[^a-z]+/i, '');

const hex = (character: string) => character.charCodeAt(0).toString(16);

/** What matches one of the characters in a URI, by how often that is encoded: as they are, or encoded as often as it. */
export const delimiter = (characters: string, orElse = ''): readonly RegExp[] =>
  LEVELS.map((level) => {
    const encoded = level === 0 ? '' : `|%${'25'.repeat(level - 1)}(?:${[...characters].map(hex).join('|')})`;
    return new RegExp(`[${characters}]${encoded}${orElse}`, 'i');
  });
