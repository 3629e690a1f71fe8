import { redactName } from './redact-name.ts';
import { findUri } from './uri.ts';
import { withoutUriSecrets } from './uri-secrets.ts';

/** What WCS calls a player by URL: a uuid, the name of what it plays (as it is, or in hexadecimal), and how. */
const PLAYED_BY_URL = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-)(.*)(-(?:HLS|RTSP))$/is;
/** Long enough to be no name by itself, such as `b4e7`. */
const HEX = /(?<=^|-)(?:[0-9a-f]{2}){8,}(?=-|$)/gi;
const IS_HEX = /^(?:[0-9a-f]{2}){8,}$/i;

/**
 * An id without what is secret in it: the key of its row, and the id that log and outputs show. Nearly every id has
 * nothing secret, and is its own. The uuid stays, so that no two ids of WCS become one; and what a client made up never
 * becomes the id of somebody else's stream, as nothing but URIs is shortened in it.
 */
export function redactId(id: string): string {
  if (PLAYED_BY_URL.test(id)) {
    return id.replace(
      PLAYED_BY_URL,
      (_, uuid: string, name: string, player: string) => uuid + redactedPart(name) + player,
    );
  }
  return withoutUriSecrets(id.replace(HEX, (hex) => (findUri(decoded(hex) ?? '', 0) ? redactedPart(hex) : hex)));
}

function redactedPart(name: string): string {
  const text = IS_HEX.test(name) ? decoded(name) : undefined;
  if (text === undefined) return redactName(name);
  const shown = redactName(text);
  return shown === text ? name : Buffer.from(shown).toString('hex');
}

/** Undefined for what is no text in hexadecimal. */
function decoded(hex: string): string | undefined {
  const bytes = Buffer.from(hex, 'hex');
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : undefined;
}
