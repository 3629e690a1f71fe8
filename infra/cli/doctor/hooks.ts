/** Checks the responses to accepted hooks: the echo, and the `restClientConfig` of `connect`. */
import { isDeepStrictEqual } from 'node:util';
import { ownPolicy } from '../../../lib/access/own-policy.ts';
import { carriesSdp, METHOD_NAMES } from '../../../lib/wcs/methods.ts';
import type { RestClientConfig } from '../../../lib/wcs/rest-client-config.ts';
import { hidingSipFields, holdsSipAccount, SIP_FIELDS } from '../../../lib/wcs/sip-fields.ts';
import { explainAnswer, firstDifference, policyOf } from './answers.ts';
import { leftOut, ok, problem, warning, type Finding } from './finding.ts';
import type { Reply, NoReply } from './gateway.ts';

export const REWRITTEN =
  'Look at what stands before this backend (proxy, CDN, mapping template): it must pass bodies on as they are.';

export const MUST_ECHO =
  'WCS expects the body that it sent; a body that is rewritten on the way also breaks the signature.';

/** `taken`: the fields that WCS reads from the response, as a policy may overwrite them. */
export function checkEcho(
  check: string,
  sent: Buffer,
  answer: Reply | NoReply,
  taken: readonly string[] = [],
): Finding {
  if (answer.status !== 200) {
    const policy = answer.status === undefined ? undefined : policyOf(answer);
    return policy === undefined ? problem(check, ...explainAnswer(answer)) : deniedBy(check, policy);
  }
  const difference = firstDifference(sent, answer.body);
  if (difference !== undefined && !(taken.length > 0 && isSame(sent, answer.body, taken))) {
    return problem(
      check,
      `the answer is not the hook: ${answer.body.length} bytes for ${sent.length}, different from byte ${difference} on`,
      MUST_ECHO,
      REWRITTEN,
    );
  }
  const type = answer.headers['content-type'] ?? 'none';
  if (!/^application\/json\b/i.test(type)) {
    return problem(check, `the content type is ${type}`, 'WCS accepts only application/json.', REWRITTEN);
  }
  const how = difference === undefined ? 'byte for byte' : `but for ${taken.join(', ')}, which a policy overwrites`;
  return ok(check, `echoed ${how}`, 'WCS considers the hook handled.');
}

function isSame(sent: Buffer, received: Buffer, except: readonly string[]): boolean {
  const [ours, theirs] = [objectOf(sent), objectOf(received)].map(
    (fields) => fields && Object.fromEntries(Object.entries(fields).filter(([name]) => !except.includes(name))),
  );
  return ours !== undefined && isDeepStrictEqual(ours, theirs);
}

const deniedBy = (check: string, policy: string) =>
  ok(check, `denied by the policy ${policy}`, 'The function works, and the policy decided: this probe has no rights.');

export const FOR_THE_POLICY = 'Give what the policy requires: --token TOKEN, --origin https://… of a page.';

/** What a response to `connect` may have besides what was sent. The operator's own policy may set fields, too. */
const ADDED = ['restClientConfig', ...SIP_FIELDS, ...(ownPolicy.decides.connect ?? [])];

/** The response to `connect` adds the `restClientConfig`, the fields of a SIP account, and nothing else. */
export function checkConnect(sent: Buffer, answer: Reply | NoReply): readonly Finding[] {
  const check = 'connect';
  if (answer.status !== 200) {
    if (answer.status !== undefined && policyOf(answer) === 'sip') return [NO_ACCOUNT];
    const finding = checkEcho(check, sent, answer);
    if (finding.level !== 'ok') return [finding];
    return [
      finding,
      leftOut('restClientConfig', 'not seen', 'Only a client that may connect gets one.', FOR_THE_POLICY),
    ];
  }
  if (!isSame(sent, answer.body, ADDED)) {
    const means = 'connect’s answer must have every field of the hook, and restClientConfig.';
    return [problem(check, 'the answer is not the hook', means, REWRITTEN)];
  }
  return [
    ok(check, 'accepted', 'Clients can connect.'),
    ...checkSipAccount(answer),
    checkRestClientConfig(configIn(answer)),
  ];
}

const NO_ACCOUNT = problem(
  'connect',
  'denied by the policy sip: the SIP account of this connection cannot be used',
  'Clients that get this account cannot connect.',
  'The row of the session, and the log, say why. npm run secrets -- --stage NAME --list shows which accounts there are.',
);

/** Never shows any field of the account. */
function checkSipAccount(answer: Reply): readonly Finding[] {
  if (!holdsSipAccount(objectOf(answer.body) ?? {})) return [];
  const check = 'SIP account';
  const config = (configIn(answer) ?? {}) as RestClientConfig;
  if (isDeepStrictEqual(hidingSipFields(config), config)) {
    return [
      ok(check, 'the answer has one, hidden from the client', 'WCS registers with it, and the page never sees it.'),
    ];
  }
  const means = 'WCS sends the account to the page, with its password.';
  return [problem(check, 'the answer has one that is not hidden from the client', means, REWRITTEN)];
}

const configIn = ({ body }: Reply) => objectOf(body)?.['restClientConfig'];

/** The fields that WCS reads from the responses to a method, according to the response to `connect`. */
export function overwritten(method: string, connected: Reply | NoReply): readonly string[] {
  const config = connected.status === 200 ? (configIn(connected) as Config | undefined) : undefined;
  const { restPolicy, restOverwrite = '' } = config?.[method] ?? {};
  return restPolicy === 'OVERWRITE' ? listed(restOverwrite) : [];
}

const listed = (fields: string) => fields.split(',').map((field) => field.trim());

type Config = Readonly<Record<string, Partial<Record<string, string>> | undefined>>;

export function checkRestClientConfig(config: unknown): Finding {
  const check = 'restClientConfig';
  if (typeof config !== 'object' || config === null) {
    return problem(
      check,
      'connect’s answer has none',
      'WCS obeys only denials of connect, and every hook carries its sdp.',
      REWRITTEN,
    );
  }
  const entries = config as Config;
  const withSdp = METHOD_NAMES.filter(
    (method) => carriesSdp(method) && !listed(entries[method]?.['restExclude'] ?? '').includes('sdp'),
  );
  const failing = Object.keys(entries).filter((method) => entries[method]?.['restOnError'] === 'FAIL');
  const disabled = Object.keys(entries).filter((method) => entries[method]?.['restPolicy'] === 'DISABLE');
  const found =
    `FAIL for ${failing.join(', ') || 'no method'}; ` +
    (withSdp.length === 0 ? 'sdp is left out' : `sdp comes with ${withSdp.join(', ')}`) +
    (disabled.length === 0 ? '' : `; not sent at all: ${disabled.join(', ')}`);
  const means =
    failing.length === 0
      ? 'Only connect can be denied; an error of this backend stops nothing.'
      : 'A denial or an error of these stops what the client wants; for others, WCS logs it and continues.';
  if (withSdp.length + disabled.length === 0) return ok(check, found, means);
  return warning(
    check,
    found,
    means,
    'Is REST_CLIENT_CONFIG as you want it? With an sdp, a hook has 3.6 KB instead of 0.4 KB.',
  );
}

function objectOf(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
