/** The token: where it comes from, and what it says. Only the function verifies it. */
const IN_FRAGMENT = 'token=';

/** @returns the token that a link brought in its fragment, which no server and no log of one ever sees */
export function tokenIn(fragment: string): string | undefined {
  const text = fragment.replace(/^#\/?/, '');
  return text.startsWith(IN_FRAGMENT) ? decode(text.slice(IN_FRAGMENT.length)).trim() || undefined : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export type Right = 'read' | 'stop' | 'ban';

export interface TokenFacts {
  readonly rights: ReadonlySet<string>;
  readonly sub?: string;
  /** In epoch milliseconds. */
  readonly expiresAt?: number;
}

/** Without a token everything is shown: on one machine the board is open, and elsewhere the function rejects what is asked. */
const WITHOUT_TOKEN: TokenFacts = { rights: new Set<Right>(['read', 'stop', 'ban']) };

/** Reads a token's claims without a check, so that no button is shown that would be rejected. */
export function readToken(token: string | undefined): TokenFacts {
  if (token === undefined) return WITHOUT_TOKEN;
  const { board, sub, exp } = claimsOf(token);
  const listed: unknown[] = typeof board === 'string' ? board.split(',') : Array.isArray(board) ? board : [];
  return {
    rights: new Set(listed.map((right) => String(right).trim())),
    ...(typeof sub === 'string' ? { sub } : {}),
    ...(typeof exp === 'number' ? { expiresAt: exp * 1000 } : {}),
  };
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    const [, payload = ''] = token.split('.');
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
