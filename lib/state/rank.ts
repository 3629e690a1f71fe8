/** Which sighting wins. */
import { createHash } from 'node:crypto';
import { KINDS, type Kind } from './row.ts';
import type { Sighting } from './sighting.ts';

/**
 * One sortable string: the higher level wins; inside a level the first (in some the latest: row.ts); a digest breaks an exact
 * tie. ASCII and of one length, so that JavaScript and DynamoDB sort it alike.
 */
export function rankOf({ kind, level, at, state }: Sighting): string {
  const { latestIn, state: fields }: Kind = KINDS[kind];
  const digits = String(at).padStart(13, '0');
  const time = latestIn.includes(level) ? digits : digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
  const inFixedOrder = fields.map((field) => (state as Sighting['attributes'])[field] ?? null);
  const digest = createHash('sha1').update(JSON.stringify(inFixedOrder)).digest('hex').slice(0, 8);
  return `${level}#${time}#${digest}`;
}
