/**
 * Whose id it is. Ids are made by clients, so that a second one can claim the id of another's live stream: what the hooks
 * of each client say is merged apart. The row shows the client whose id it is; `rivals` holds the others' rows, as
 * their hooks may only have come before those of the one whose it is.
 */
import { KINDS, type Fields, type Kind, type KindName, type OwnedField, type Row } from './row.ts';

/** What tells clients apart. Empty: a hook of whoever has the id, such as a player by URL, which changes its address. */
export type Client = Fields;

/** More than ever claim an id by mistake; a row stays a few KB. Those that have the least right to it are forgotten. */
const MOST_RIVALS = 3;

/** The fields of its client that a hook carries. */
export const clientIn = (kind: KindName, fields: Fields): Client => pick(KINDS[kind].client, fields);

/** What is absent on either side tells nobody apart. */
export const isSameClient = (row: Fields, client: Client) =>
  Object.entries(client).every(([field, value]) => {
    const ours = row[field as OwnedField];
    return value === undefined || ours === undefined || ours === value;
  });

/** What is known of one client of a row; undefined for one that is not known. */
export const rowOfClient = (row: Row, client: Client): Row | undefined =>
  rowsByClient(row).find((one) => isSameClient(one, client));

/** The row with what became of one client's, shown by whoever has the id now. */
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

/** Who has the id comes first. */
const byRightIn = (kind: Kind) => (a: Row, b: Row) => {
  const [first, second] = [rightTo(a, kind), rightTo(b, kind)];
  return first < second ? -1 : first > second ? 1 : 0;
};

/**
 * The id of a stream is the client's that WCS let live with it first. While there is none, the first that asked has it,
 * before any that was denied or failed. A session's address is that of its last connection.
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
