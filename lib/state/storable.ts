/** What DynamoDB can hold of a hook's fields. The rest is cut or left out: a field that does not fit never fails its hook. */
import { withoutUriSecrets } from '../wcs/uri-secrets.ts';

export type Attribute = string | number | boolean;

/** DynamoDB's limit for the key of a table. */
export const MAX_KEY_BYTES = 2048;
/** DynamoDB's limit for an index key, which `name` is. */
export const MAX_NAME_BYTES = 2048;
/** Enough for everything that WCS says; a row stays about 1 KB, a parked sighting a few, whatever a client puts in. */
const MAX_STRING_BYTES = 256;

/** DynamoDB takes magnitudes from 1e-130 to below 1e126. */
const MIN_MAGNITUDE = 1e-130;
const MAX_MAGNITUDE = 9.99e125;

/** The value as an attribute; undefined for what is left out: empty strings, zeros (WCS's "not set"), anything that is no scalar. */
export function storable(value: unknown): Attribute | undefined {
  switch (typeof value) {
    case 'string':
      // A reason or a file's name may quote the URI of a camera.
      return cut(withoutUriSecrets(value), MAX_STRING_BYTES) || undefined;
    case 'number':
      return Math.abs(value) >= MIN_MAGNITUDE && Math.abs(value) <= MAX_MAGNITUDE ? value : undefined;
    case 'boolean':
      return value;
    default:
      return undefined;
  }
}

/** Well-formed (lone surrogates become U+FFFD, as in UTF-8) and cut at a code point to at most so many bytes. */
export function cut(text: string, maxBytes: number): string {
  // A code unit is a byte at least: what is behind so many of them need not be read.
  const bytes = Buffer.from(text.slice(0, maxBytes));
  let end = Math.min(bytes.length, maxBytes);
  // A continuation byte (10xxxxxx) right after the cut means that the cut is inside a code point.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

/** What can be stored of the fields. */
export function stored<Field extends string>(fields: { readonly [F in Field]: unknown }): { [F in Field]?: Attribute } {
  const kept: { [F in Field]?: Attribute } = {};
  for (const field in fields) {
    const value = storable(fields[field]);
    if (value !== undefined) kept[field] = value;
  }
  return kept;
}

export const isoTime = (at: number) => new Date(at).toISOString();
