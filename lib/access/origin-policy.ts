/** Policy `origin`: clients connect only from pages and apps of listed origins. */
import { allow, deny, type Policy } from './decision.ts';

/** As the web view of an app sends it, with the app's own scheme: `capacitor://localhost`. */
const APP_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[1-9]\d{0,4})?$/;

/** Why an entry of the list is no origin; undefined if it is one: `https://example.com`, `capacitor://localhost`, `*.example.com`. */
export function problemOfOrigin(entry: string): string | undefined {
  if (entry.startsWith('*.')) {
    const isDomain = /^\*\.(?:[a-z0-9-]+\.)+[a-z0-9-]+$/.test(entry);
    return isDomain ? undefined : 'expected *.example.com, in lower case and without a port';
  }
  if (isOrigin(entry)) return undefined;
  return 'expected an origin as browsers send it, such as https://example.com or capacitor://localhost, or *.example.com';
}

function isOrigin(entry: string): boolean {
  if (entry.includes('*') || !URL.canParse(entry)) return false;
  const { origin } = new URL(entry);
  // A URL has no origin under a scheme that the standard does not know.
  return origin === 'null' ? APP_ORIGIN.test(entry) : origin === entry;
}

/** Scheme, a host of at most 253 characters, port: anything longer is no origin, and is not compared with each entry. */
const MAX_ORIGIN_LENGTH = 512;

export const createOriginPolicy = (origins: readonly string[]): Policy => ({
  name: 'origin',
  decides: { connect: [] },
  readsSession: 'never',
  reads: (_method, field) => field === 'origin',
  decide({ body: { origin } }) {
    if (typeof origin !== 'string' || origin === '') return deny('no origin');
    const isListed = origin.length <= MAX_ORIGIN_LENGTH && origins.some((entry) => isFrom(origin, entry));
    return isListed ? allow() : deny('another origin');
  },
});

function isFrom(origin: string, entry: string): boolean {
  if (!entry.startsWith('*.')) return origin === entry;
  // Only the form that browsers send counts: no credentials, no path, no capitals, an ASCII host.
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  const isBelow = url.hostname.endsWith(entry.slice(1)) && url.hostname.split('.').every((label) => label !== '');
  return url.protocol === 'https:' && url.origin === origin && isBelow;
}
