/** What npm start prints when it accepts hooks: the addresses, what is switched on, and what to type into WCS. */
import type { Policy } from '../../lib/access/decision.ts';
import type { SipRules } from '../../lib/access/sip-policy.ts';
import type { HookSettings } from '../../lib/settings/settings.ts';
import { ACTIONS, METHOD_NAMES, METHODS, type Action } from '../../lib/wcs/methods.ts';

export interface Places {
  /** The URL of the base path for this machine, and for a WCS on another one. */
  readonly url: string;
  readonly urlForWcs: string;
  readonly board: string;
  readonly console: string;
  readonly dynamodb: string;
  readonly dataDir: string;
  /** A HOST that is not an address. */
  readonly ignoredHost: string;
  /** EVENTS_URL, and whether there are events at all. */
  readonly eventsUrl: string;
  readonly hasEvents: boolean;
}

export function readyMessage(settings: HookSettings, places: Places): string {
  const { credentials, takesUnsigned } = settings;
  const { url, urlForWcs, dataDir, ignoredHost } = places;
  const basic = credentials.basic ? `-u ${credentials.basic.user} -p <HOOK_PASSWORD> ` : '';
  return [
    ...(takesUnsigned
      ? ['WARNING: no HOOK_SECRET and no HOOK_USER/HOOK_PASSWORD: hooks are accepted from anybody, unsigned.']
      : []),
    ...(ignoredHost ? [`WARNING: HOST=${ignoredHost} is no IP address: the stack listens on this machine only.`] : []),
    `ready ${url}`,
    `  board     ${places.board}${settings.access.tokens ? '  (npm run token -- --sub NAME --board read,stop --open prints a link)' : ''}`,
    `  rows      ${places.console}  (DynamoDB API: ${places.dynamodb})`,
    `  log       ${dataDir}/log`,
    `  events    ${whereEventsGo(places)}`,
    `  hooks     ${whoMaySend(settings)}`,
    ...policyLines(settings).map((line, index) => `  ${index === 0 ? 'policies' : '        '}  ${line}`),
    `  stopping  ${stopping(settings)}`,
    `  bans      ${bans(settings)}`,
    `  in WCS    add app ${basic}myApp myAppKey "${urlForWcs}"`,
    '            add app-rest-method -a myAppKey',
    ...(credentials.secrets.length > 0
      ? ['  and in flashphoner.properties  rest_hook_send_hash=true, rest_hook_secret_key=<HOOK_SECRET>']
      : []),
  ].join('\n');
}

function whereEventsGo({ eventsUrl, hasEvents }: Places): string {
  if (!hasEvents) return 'off (CHANGE_EVENTS=false)';
  if (eventsUrl === '') return 'shown by npm run events (EVENTS_URL=http://… sends them there, too)';
  // The query may hold a key.
  const { origin, pathname } = new URL(eventsUrl);
  return `to ${origin}${pathname}, and shown by npm run events`;
}

function whoMaySend({ credentials: { secrets, basic }, takesUnsigned }: HookSettings): string {
  if (takesUnsigned) return 'from anybody';
  const ways = [
    ...(secrets.length > 0 ? ['signed with HOOK_SECRET'] : []),
    ...(secrets.length > 1 ? ['signed with HOOK_SECRET_PREVIOUS'] : []),
    ...(basic ? [`HTTP Basic as ${basic.user}`] : []),
  ];
  return ways.join(', or ');
}

function policyLines({ access: { policies, failsOpen, tokens, sip } }: HookSettings): string[] {
  if (policies.length === 0) return ['none: everybody may connect, publish, play and call', ...sipLines(sip)];
  const decided = ACTIONS.filter((action) => policies.some((policy) => actionsOf(policy).includes(action)));
  const open = decided.filter((action) => failsOpen(action));
  return [
    ...policies.map((policy) =>
      policy.name === 'token' && tokens
        ? `token protects ${tokens.requiredFor.join(', ')}${tokens.requiredFor.includes('connect') ? '' : ' (a token at connect must be valid, too)'}`
        : `${policy.name} protects ${actionsOf(policy).join(', ')}`,
    ),
    ...(open.length > 0 ? [`if it cannot be decided, this is allowed: ${open.join(', ')}`] : []),
    ...sipLines(sip),
  ];
}

function sipLines(rules: SipRules): string[] {
  if (rules.of === 'client') return ['sip: a page may bring its own SIP account'];
  if (rules.of === 'everybody') return [`sip: every connection registers with the SIP account ${rules.account}`];
  if (rules.of === 'nobody') return [];
  return [...rules.accounts].map(
    ([app, account]) => `sip: connections of ${app} register with the SIP account ${account}`,
  );
}

function actionsOf({ decides }: Policy): readonly Action[] {
  const actions = METHOD_NAMES.filter((method) => Object.hasOwn(decides, method)).map(
    (method) => METHODS[method].action,
  );
  return ACTIONS.filter((action) => actions.includes(action));
}

function stopping({ stopsStreams, maxDurationSeconds }: HookSettings): string {
  if (!stopsStreams) return 'off (STOP_STREAMS=true lets "stop" and "stopAt" in a row stop its stream)';
  const longest = maxDurationSeconds === undefined ? '' : `, every stream after ${maxDurationSeconds} s`;
  return `on: by "stop" and "stopAt" in a row, with the next keep-alive${longest}`;
}

function bans({ bansTable, stopsStreams }: HookSettings): string {
  if (bansTable === undefined) return 'off (BANS=false)';
  const live = stopsStreams
    ? 'what is live ends with its next keep-alive'
    : 'what is live continues, as stopping is off';
  return `npm run ban keeps somebody out (${live})`;
}
