import { describe, expect, it } from 'vitest';
import { readyMessage } from '../../../../infra/local/ready-message.ts';
import { reachable } from '../../../../infra/local/settings.ts';
import { readHookSettings } from '../../../../lib/settings/settings.ts';

const PLACES = {
  url: 'http://127.0.0.1:3000/rest/my_api',
  urlForWcs: 'http://192.168.1.5:3000/rest/my_api',
  board: 'http://127.0.0.1:3000/board',
  console: 'http://127.0.0.1:8001',
  dynamodb: 'http://127.0.0.1:8000',
  dataDir: '/data',
  ignoredHost: '',
  eventsUrl: '',
  hasEvents: true,
};
const messageOf = (env: Record<string, string>, places = PLACES) => {
  const needed = {
    ...{ STREAMS_TABLE: 's', SESSIONS_TABLE: 's', CALLS_TABLE: 's', BANS_TABLE: 's' },
    PARKING_QUEUE_URL: 'q',
    DEAD_LETTER_QUEUE_URL: 'q',
  };
  return readyMessage(readHookSettings({ ...needed, IS_OFFLINE: 'true', ...env }), places);
};
const SECRET = 's3cret-'.repeat(6);

describe('the stack that is ready', () => {
  it('says that nothing is on', () => {
    expect(messageOf({}).split('\n')).toEqual([
      'WARNING: no HOOK_SECRET and no HOOK_USER/HOOK_PASSWORD: hooks are accepted from anybody, unsigned.',
      'ready http://127.0.0.1:3000/rest/my_api',
      '  board     http://127.0.0.1:3000/board',
      '  rows      http://127.0.0.1:8001  (DynamoDB API: http://127.0.0.1:8000)',
      '  log       /data/log',
      '  events    shown by npm run events (EVENTS_URL=http://… sends them there, too)',
      '  hooks     from anybody',
      '  policies  none: everybody may connect, publish, play and call',
      '  stopping  off (STOP_STREAMS=true lets "stop" and "stopAt" in a row stop its stream)',
      '  bans      npm run ban keeps somebody out (what is live continues, as stopping is off)',
      '  in WCS    add app myApp myAppKey "http://192.168.1.5:3000/rest/my_api"',
      '            add app-rest-method -a myAppKey',
    ]);
  });

  it('says which connections register with which SIP account', () => {
    const linesOf = (SIP_ACCOUNT: string) =>
      messageOf({ SIP_ACCOUNT, ALLOWED_ORIGINS: 'https://example.com' })
        .split('\n')
        .filter((line) => line.includes('sip'));
    expect(linesOf('')).toEqual([]);
    expect(linesOf('line')).toEqual(['            sip: every connection registers with the SIP account line']);
    expect(linesOf('shop=a,help=b')).toEqual([
      '            sip: connections of shop register with the SIP account a',
      '            sip: connections of help register with the SIP account b',
    ]);
    expect(messageOf({ SIP_ACCOUNT: 'client' })).toContain('\n            sip: a page may bring its own SIP account\n');
  });

  it('says which credentials, policies and stops are on, and what they protect', () => {
    const message = messageOf({
      HOOK_SECRET: SECRET,
      HOOK_SECRET_PREVIOUS: `${SECRET}old`,
      HOOK_USER: 'wcs',
      HOOK_PASSWORD: `${SECRET}password`,
      ALLOWED_ORIGINS: 'https://example.com',
      TOKEN_SECRET: `${SECRET}token`,
      TOKEN_ISSUER: 'i',
      TOKEN_AUDIENCE: 'a',
      TOKEN_FOR: 'publish,call',
      FAIL_OPEN: 'play,call',
      MAX_DURATION_SECONDS: '3600',
    });
    expect(message.split('\n').slice(5)).toEqual([
      '  hooks     signed with HOOK_SECRET, or signed with HOOK_SECRET_PREVIOUS, or HTTP Basic as wcs',
      '  policies  origin protects connect',
      '            token protects publish, call (a token at connect must be valid, too)',
      '            if it cannot be decided, this is allowed: call',
      '  stopping  on: by "stop" and "stopAt" in a row, with the next keep-alive, every stream after 3600 s',
      '  bans      npm run ban keeps somebody out (what is live ends with its next keep-alive)',
      '  in WCS    add app -u wcs -p <HOOK_PASSWORD> myApp myAppKey "http://192.168.1.5:3000/rest/my_api"',
      '            add app-rest-method -a myAppKey',
      '  and in flashphoner.properties  rest_hook_send_hash=true, rest_hook_secret_key=<HOOK_SECRET>',
    ]);
    expect(message).not.toContain('s3cret');
  });

  it('says that bans are off', () => {
    expect(messageOf({ BANS: 'false' })).toContain('\n  bans      off (BANS=false)\n');
  });

  it('says that a HOST which is no address is not meant', () => {
    expect(messageOf({}, { ...PLACES, ignoredHost: 'x86_64-conda-linux-gnu' })).toContain(
      '\nWARNING: HOST=x86_64-conda-linux-gnu is no IP address: the stack listens on this machine only.\n',
    );
  });

  it('names an address by which another machine reaches it', () => {
    const address = (family: 'IPv4' | 'IPv6', text: string, internal: boolean) =>
      ({ address: text, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }) as const;
    const interfaces = {
      lo: [address('IPv4', '127.0.0.1', true)],
      eth0: [address('IPv6', 'fe80::1', false), address('IPv4', '192.168.1.5', false)],
    };
    expect(reachable('0.0.0.0', interfaces)).toBe('192.168.1.5');
    expect(reachable('10.0.0.7', interfaces)).toBe('10.0.0.7');
    expect(reachable('0.0.0.0', {})).toBe('127.0.0.1');
  });
});
