/** The parameters of URIs that carry a user, a password or a token: in the query, the fragment or the path. */
import { delimiter, findUri, LEVELS } from './uri.ts';

/** As cameras, CDNs and clients of WCS call them; letters and digits only. */
const SECRET = new Set(
  (
    'user username usr usrname login loginname loginuse loginuser account ' +
    'password passwd passwort passphrase pass pwd psw pswd passw loginpas loginpass loginpassword ' +
    'token jwt bearer auth aclauth authorization oauth authentication credential credentials cred creds ' +
    'secret key apikey accesskey accesskeyid awsaccesskeyid streamkey authkey secretkey privatekey ' +
    'sig sign signature hmac hdnts hdnea hdntl'
  ).split(' '),
);
/** Of compound names: `access_token`, `X-Amz-Signature`, `wsSecret`. */
const SECRET_ENDS = ['token', 'password', 'passwd', 'passphrase', 'secret', 'signature', 'credential', 'apikey', 'jwt'];
/** Whatever the parameter is called, as `TOKEN_FIELD` may call it anything. */
const JWT = /^(?:bearer(?:\s|\+|%20))?eyJ[\w-]*(?:\.[\w-]*){2,4}$/i;

/** `/user=admin_password=x_channel=1_stream=0.sdp`: so do cameras of Xiongmai. */
const JOINED = '|_(?=(?:user(?:name)?|password|channel|stream)=)';
const IN_PATH = delimiter('/&;', JOINED).map(capturing);
const IN_QUERY = delimiter('?#&;').map(capturing);
const QUERY = delimiter('?#');
const EQUALS = delimiter('=');
const SLASH = delimiter('/');
const AMPERSAND = delimiter('&');
const SEMICOLON = delimiter(';');

function capturing(pattern: RegExp): RegExp {
  return new RegExp(`(${pattern.source})`, pattern.flags);
}

/** The text without the secret parameters of the URIs that are in it, which have no user parts any more. */
export function withoutSecretParameters(text: string): string {
  return LEVELS.reduce((kept, level) => {
    if (level > 0 && !kept.includes('%')) return kept;
    let uri = findUri(kept, 0);
    while (uri && uri.level !== level) uri = findUri(kept, uri.hostAt);
    return uri ? kept.slice(0, uri.hostAt) + filtered(kept.slice(uri.hostAt), level, uri.scheme) : kept;
  }, text);
}

function filtered(rest: string, level: number, scheme: string): string {
  const found = rest.search(QUERY[level] as RegExp);
  const queryAt = found < 0 ? rest.length : found;
  return (
    joined(rest.slice(0, queryAt).split(IN_PATH[level] as RegExp), level, { isQuery: false, isBareSecret: false }) +
    // The key of an RTMP encoder: `rtmp://host/app/stream?key`.
    joined(rest.slice(queryAt).split(IN_QUERY[level] as RegExp), level, {
      isQuery: true,
      isBareSecret: /^rtmp/i.test(scheme),
    })
  );
}

interface Place {
  readonly isQuery: boolean;
  /** Whether what has no name is a secret. */
  readonly isBareSecret: boolean;
}

/** `parts`: the separators are every second one. What follows a secret one takes its place, or the separator would dangle. */
function joined([first = '', ...parts]: readonly string[], level: number, place: Place): string {
  const kept = [first];
  let freed: string | undefined;
  for (let index = 0; index < parts.length; index += 2) {
    const separator = parts[index] as string;
    const segment = parts[index + 1] as string;
    const isRest = freed !== undefined && isRestOfValue(separator, segment, level, place);
    if (isRest || isSecret(segment, level, place)) {
      freed ??= separator;
      continue;
    }
    const begins = isAt(SLASH, separator, level);
    // `a:` and `/b` must not become the beginning of a URI.
    if (begins && freed !== undefined && COULD_BEGIN.test(kept.at(-1) as string)) kept.push(freed, '-');
    kept.push(freed !== undefined && !begins ? freed : separator, segment);
    freed = undefined;
  }
  return kept.join('');
}

const COULD_BEGIN = /^$|[:\\]$|%(?:25)*(?:3a|2f|5c)$/i;

const isAt = (patterns: readonly RegExp[], text: string, level: number) => (patterns[level] as RegExp).test(text);

/** Behind a secret value what has no name is a part of it: a password with a `;`, `?` or `#` that nobody encoded. */
const isRestOfValue = (separator: string, segment: string, level: number, { isQuery }: Place) =>
  !isAt(EQUALS, segment, level) && (isQuery ? !isAt(AMPERSAND, separator, level) : isAt(SEMICOLON, separator, level));

function isSecret(segment: string, level: number, { isBareSecret }: Place): boolean {
  const equals = (EQUALS[level] as RegExp).exec(segment);
  if (!equals) return JWT.test(segment) || (isBareSecret && segment !== '');
  return isSecretName(segment.slice(0, equals.index)) || JWT.test(segment.slice(equals.index + equals[0].length));
}

function isSecretName(name: string): boolean {
  const decoded = name.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  const letters = decoded.toLowerCase().replace(/[^a-z0-9]/g, '');
  return SECRET.has(letters) || SECRET_ENDS.some((end) => letters.endsWith(end));
}
