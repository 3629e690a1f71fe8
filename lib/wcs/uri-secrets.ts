/**
 * Takes the secrets out of URIs: the user part, and the parameters that carry passwords and tokens. Everything else stays,
 * character by character: it may be what tells two streams apart.
 *
 * Names, ids and reasons are the client's, and may be long: each expression and loop here is linear in its text.
 */
import { withoutSecretParameters } from './uri-parameters.ts';
import { delimiter, findUri, type Uri } from './uri.ts';

/** Far more than is kept of a name, and the longest token: what is behind it is left out. */
const MAX_LENGTH = 16_384;

/** The text without the secrets of the URIs that are in it. */
export function withoutUriSecrets(text: string): string {
  if (!findUri(text, 0)) return text;
  return withoutSecretParameters(withoutUserParts(text.slice(0, MAX_LENGTH), text.length > MAX_LENGTH));
}

/** Percent-encoded also where the URI is not: no host has one. */
const AT = /@|%(?:25)*40/gi;
const AUTHORITY_END = delimiter('/?#');
const HOST_AND_PORT = /^(?:\[[^\]]*\]|[^:]*)(?::\d{0,5})?$/;
const COLON = /%(?:25)*3a/gi;
/** No name of a host is that long, with its port. */
const MAX_HOST = 300;
/** Their paths begin where others have a user and a host: `vod://alice@work.mp4` is a file. */
const OF_FILES = /^(?:file|vod)/i;

/** `isCut`: what is left out may begin with the end of a user part. */
function withoutUserParts(text: string, isCut: boolean): string {
  const signs = [...text.matchAll(AT)].map(({ 0: sign, index }) => ({ at: index, end: index + sign.length }));
  if (isCut) signs.push({ at: text.length, end: text.length });
  const lastSign = signs.at(-1);
  const ends = AUTHORITY_END.map((pattern) => createFinder(text, pattern));
  let kept = '';
  let from = 0;
  let seen = 0;
  for (let uri = findUri(text, 0), next = 0; uri; uri = findUri(text, next)) {
    const { hostAt, level } = uri;
    next = hostAt;
    const end = (ends[level] as Finder)(hostAt);
    while ((signs[seen]?.at ?? end) < end) seen++;
    let sign = signs[seen - 1];
    if (sign && sign.at < hostAt) sign = undefined;
    const host = text.slice(sign?.end ?? hostAt, end);
    const isHost = isHostAndPort(host) && (host !== '' || !sign || sign.at === hostAt);
    // A slash in a password that nobody encoded: `rtsp://user:a/b@host`.
    const isUnclear = !isHost && lastSign !== undefined && lastSign.at >= end;
    if (isUnclear) sign = lastSign;
    if (!sign || sign.at === hostAt) continue;
    const userPart = text.slice(hostAt, sign.at);
    if (isPath(uri, userPart)) continue;
    const isClear =
      !isUnclear && sign.end - sign.at <= 1 + 2 * level && !userPart.includes('\\') && hasHost(text, sign.end);
    // Others may read another host than this: no policy shall take it for one that it knows.
    kept += text.slice(from, hostAt) + (isClear ? '' : '@');
    from = next = sign.end;
  }
  return kept + text.slice(from);
}

const isPath = ({ scheme }: Uri, userPart: string) => OF_FILES.test(scheme) && !/:|%(?:25)*3a/i.test(userPart);

const isHostAndPort = (text: string) => text.length <= MAX_HOST && HOST_AND_PORT.test(text.replace(COLON, ':'));

/** Else the path would become the host. */
const hasHost = (text: string, at: number) => !/^(?:[/\\]|%(?:25)*(?:2f|5c))/i.test(text.slice(at, at + 12));

type Finder = (from: number) => number;

/** Where the pattern is next, or the text ends. Asked in rising order, it reads the text once. */
function createFinder(text: string, pattern: RegExp): Finder {
  let found = -1;
  const all = new RegExp(pattern, 'gi');
  return (from) => {
    if (found < from) {
      all.lastIndex = from;
      found = all.exec(text)?.index ?? text.length;
    }
    return found;
  };
}
