/** Who may use the board: whoever has a token that fits the stage's token settings and has the right in its claim `board`. */
import type { VerifyToken } from '../platform/token-verifier.ts';
import type { BoardSettings } from '../settings/board-settings.ts';
import type { Right } from './operation.ts';
import { Problem } from './problem.ts';
import type { BoardRequest } from './request.ts';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Without token settings there is no board, except on the local stack for requests from the same machine. The `Host` is
 * checked, too: the domain of a web page may resolve to 127.0.0.1 (DNS rebinding).
 */
export const isThere = (
  { tokens, isOffline }: Pick<BoardSettings, 'tokens' | 'isOffline'>,
  { sourceIp, headers }: Pick<BoardRequest, 'sourceIp' | 'headers'>,
): boolean =>
  tokens !== undefined || (isOffline && LOOPBACK.test(sourceIp) && LOOPBACK_HOST.test(headers['host'] ?? ''));

/** Who is asking, as far as the token says. */
export interface Asker {
  readonly sub: string | undefined;
}

/**
 * `verify`: undefined where nobody needs a token. `at`: milliseconds since the epoch.
 * @throws Problem 401, 403, or 503 where the keys are not available
 */
export async function authorize(
  verify: VerifyToken | undefined,
  right: Right,
  { authorization }: BoardRequest['headers'],
  at: number,
): Promise<Asker> {
  if (!verify) return { sub: undefined };
  const [, token] = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) throw unauthorized('expected Authorization: Bearer <token>');
  const check = await verify(token, at);
  if ('unverifiable' in check) {
    throw new Problem(503, 'the keys that verify tokens are not available: try again', { cause: check.unverifiable });
  }
  if ('problem' in check) throw unauthorized(`the token is not valid: ${check.problem}`, ', error="invalid_token"');
  const { board = [], sub } = check.claims;
  if (!board.includes(right)) throw new Forbidden(`the token's claim "board" does not list "${right}"`, sub);
  return { sub };
}

const unauthorized = (detail: string, error = '') =>
  new Problem(401, detail, { headers: { 'www-authenticate': `Bearer realm="wcs-hooks"${error}` } });

/** The token is valid, but lacks the right. */
export class Forbidden extends Problem {
  readonly sub: string | undefined;
  constructor(detail: string, sub: string | undefined) {
    super(403, detail);
    this.sub = sub;
  }
}

/**
 * The headers that let a page of another origin read the answer: only of an origin that BOARD_ORIGINS lists exactly.
 * @throws Problem 403 for any other, as the local stack needs no token
 */
export function corsHeaders(
  origins: readonly string[],
  { origin, host }: BoardRequest['headers'],
): Readonly<Record<string, string>> {
  if (origin === undefined) return {};
  if (origins.includes(origin)) {
    return {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'WWW-Authenticate',
      vary: 'Origin',
    };
  }
  // The board's own page: browsers send the origin with each POST.
  if (URL.canParse(origin) && new URL(origin).host === host) return {};
  throw new Problem(403, 'this origin is not in BOARD_ORIGINS');
}
