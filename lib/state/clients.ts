/**
 * Who owns an id. Clients make ids, so a second client can use the id of another's live stream: the hooks of each client
 * are merged separately. The row shows the owner. `rivals` holds the rows of the others, because hooks that make one of
 * them the owner may come later.
 */
import { KINDS, type Fields, type Kind, type KindName, type OwnedField, type Row } from './row.ts';

/** What tells clients apart. Empty for a hook of whoever owns the id, such as that of a player by URL, whose address changes. */
export type Client = Fields;

/** More clients than ever use one id by mistake; a row stays below a few KB. Those with the weakest claim are dropped. */
const MOST_RIVALS = 3;

/** The fields of its client that a hook carries. */
export const clientIn = (kind: KindName, fields: Fields): Client => pick(KINDS[kind].client, fields);

/** A field that is absent on either side does not tell them apart. */
export const isSameClient = (row: Fields, client: Client) =>
  Object.entries(client).every(([field, value]) => {
    const ours = row[field as OwnedField];
    return value === undefined || ours === undefined || ours === value;
  });

/** The part of a row that is one client's; undefined for an unknown client. */
export const rowOfClient = (row: Row, client: Client): Row | undefined =>
  rowsByClient(row).find((one) => isSameClient(one, client));

/** The row after one client's part of it changed; it shows whoever owns the id now. */
export function withRowOfClient(row: Row, client: Client, change: (row: Row) => Row, kind: Kind): Row {
  const rows = rowsByClient(row);
  const found = rows.findIndex((one) => isSameClient(one, client));
  const changed = change(rows[found] ?? {});
  if (rows.length === 1 && found === 0) return changed;
  const [shown = {}, ...rivals] = (found < 0 ? [...rows, changed] : rows.with(found, changed)).sort(byRightIn(kind));
  return { ...shown, rivals: JSON.stringify(rivals.slice(0, MOST_RIVALS).map((rival) => pick(kind.owned, rival))) };
}

function rowsByClient(row: Row): Row[] {
  // Nearly all: nothing is copied.
  if (typeof row.rivals !== 'string') return [row];
  const { rivals, ...shown } = row;
  try {
    return [shown, ...(JSON.parse(String(rivals)) as Row[])];
  } catch {
    // Somebody wrote into it by hand.
    return [shown];
  }
}

/** The owner of the id comes first. */
const byRightIn = (kind: Kind) => (a: Row, b: Row) => {
  const [first, second] = [rightTo(a, kind), rightTo(b, kind)];
  return first < second ? -1 : first > second ? 1 : 0;
};

/**
 * A stream's id belongs to the client whose stream was live first. While none is live, it belongs to the first that asked,
 * before any that was denied or failed. A session's address belongs to its last connection.
 */
function rightTo(row: Row, { client, idGoesTo }: Kind): string {
  const who = JSON.stringify(client.map((field) => row[field] ?? null));
  if (idGoesTo === 'latest') {
    const reversed = String(row.lastSeenAt).replace(/\d/g, (digit) => String(9 - Number(digit)));
    return `${reversed} ${who}`;
  }
  if (row.startedAt !== undefined) return `1 ${row.startedAt} ${who}`;
  return `${row.phase === 'starting' ? 2 : 3} ${row.firstSeenAt} ${who}`;
}

function pick(fields: readonly OwnedField[], from: Fields) {
  return Object.fromEntries(fields.flatMap((field) => (from[field] === undefined ? [] : [[field, from[field]]])));
}
