/** One page of a list that was read whole. */
import { Problem } from './problem.ts';

export const MOST_ITEMS = 500;
/** A place holds an id of up to 2,048 bytes, and base64 makes 4 bytes of 3. */
export const MOST_CURSOR_BYTES = 3000;
/** Lambda answers with 6 MB at most; a name of control characters becomes six times as long in JSON. */
const MOST_BYTES = 4_000_000;

/** An item and its place in the list, which no other item has. */
export interface Placed<Item> {
  readonly place: string;
  readonly item: Item;
}

/**
 * At most `limit` items after the place that `after` names; `next` is the place to continue from. `list` is ordered by place.
 * Lists change between two pages: what stays in the list is shown once, whatever comes and goes.
 */
export function pageOf<Item>(list: readonly Placed<Item>[], limit: number, after: string | undefined) {
  const from = after === undefined ? undefined : placeIn(after);
  const items: Item[] = [];
  let bytes = 0;
  let last = '';
  for (const { place, item } of list) {
    if (from !== undefined && place <= from) continue;
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (items.length === limit || (bytes > MOST_BYTES && items.length > 0)) return { items, next: cursorOf(last) };
    items.push(item);
    last = place;
  }
  return { items };
}

const cursorOf = (place: string) => Buffer.from(place).toString('base64url');

function placeIn(cursor: string): string {
  const place = Buffer.from(cursor, 'base64url').toString();
  if (cursor !== '' && cursorOf(place) === cursor) return place;
  throw new Problem(400, 'after is not the "next" of an answer: leave it out to start from the beginning', {
    parameter: 'after',
  });
}
