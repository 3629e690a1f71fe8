/** Which sighting wins. */
import { createHash } from 'node:crypto';
import { LEVEL } from './lifecycle.ts';
import { KINDS } from './row.ts';
import type { Sighting } from './sighting.ts';

/**
 * One sortable string: the higher level wins; inside a level the first (in `live` the latest); a digest breaks an exact
 * tie. ASCII and of one length, so that JavaScript and DynamoDB sort it alike.
 */
export function rankOf({ kind, level, at, state }: Sighting): string {
  const digits = String(at).padStart(13, '0');
  const time = level === LEVEL.live ? digits : digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
  const inFixedOrder = KINDS[kind].state.map((field) => (state as Sighting['attributes'])[field] ?? null);
  const digest = createHash('sha1').update(JSON.stringify(inFixedOrder)).digest('hex').slice(0, 8);
  return `${level}#${time}#${digest}`;
}
