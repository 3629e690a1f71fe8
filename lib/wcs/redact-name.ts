import { findUri } from './uri.ts';
import { withoutUriSecrets } from './uri-secrets.ts';

/** Of a name that is no URI: `user:password@host`. What has no password, such as `alice@host`, is a name, and so is a SIP address. */
const USER_PART = /^(?!\s*(?:sips?|tel|im|pres|xmpp|mailto):)[^/?#]*(?:@|%40)/i;

/**
 * The name of a stream without what is secret in it: as it is stored, shown, searched for and compared. Of a URI the user
 * part and the parameters that carry tokens are taken away, nothing else; of any other name what an RTMP encoder wrote
 * behind its `?`: its key.
 */
export function redactName(name: string): string {
  const rest = withoutUserPart(name);
  const key = rest.indexOf('?');
  const uri = findUri(rest, 0);
  if (uri && (key < 0 || uri.hostAt <= key)) return withoutUriSecrets(rest);
  return key < 0 ? rest : rest.slice(0, key);
}

function withoutUserPart(name: string): string {
  // That of a URI is behind its scheme.
  const [userPart = ''] = USER_PART.exec(name.slice(0, findUri(name, 0)?.colonAt)) ?? [];
  return /:|%3a/i.test(userPart) ? name.slice(userPart.length) : name;
}
