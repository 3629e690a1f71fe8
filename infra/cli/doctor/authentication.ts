/** Checks authentication: hooks without credentials or with wrong ones are rejected, those with the given ones are accepted. */
import { isLoopback } from '../loopback.ts';
import { NOT_ACCEPTED, explainAnswer } from './answers.ts';
import { ok, problem, warning, type Finding } from './finding.ts';
import type { Gateway, Reply, NoReply } from './gateway.ts';
import { byBasic, bySignature, authenticationProbe, type Authorize, type Credentials } from './probes.ts';

export interface Authentication {
  readonly findings: readonly Finding[];
  /** The credentials that are accepted; undefined if none are. */
  readonly authorize?: Authorize;
  /** Whether no backend of ours answers there. */
  readonly isNowhere?: boolean;
}

export async function checkAuthentication(gateway: Gateway, credentials: Credentials): Promise<Authentication> {
  const { method, body } = authenticationProbe();
  const probe = (authorize: Authorize) => gateway.post(method, body, authorize(body));
  const findings = address(gateway.url);
  const unsigned = await probe(() => ({}));
  if (unsigned.status === undefined || unsigned.status === 404) {
    return { findings: [...findings, problem('address', ...explainAnswer(unsigned))], isNowhere: true };
  }
  findings.push(withoutCredentials(unsigned, gateway.url));
  if (unsigned.status === 401) findings.push(challenge(unsigned, credentials));

  const isOpen = unsigned.status === 200;
  if (!isOpen) findings.push(withWrongOnes(await probe(bySignature('not the secret'))));

  let opened: Authorize | undefined = isOpen ? () => ({}) : undefined;
  for (const [check, authorize] of keysOf(credentials)) {
    const answer = await probe(authorize);
    if (answer.status === 200) {
      findings.push(ok(check, 'accepted', 'The hooks of a WCS with these credentials are accepted.'));
      if (!opened || isOpen) opened = authorize;
      if (check === 'HTTP Basic' && unsigned.status === 403) findings.push(neverAsked());
    } else {
      findings.push(problem(check, ...explainAnswer(answer)));
    }
  }
  return { findings, ...(opened ? { authorize: opened } : {}) };
}

const keysOf = ({ secret, user, password }: Credentials): readonly (readonly [string, Authorize])[] => [
  ...(secret ? [['signature', bySignature(secret)] as const] : []),
  ...(user ? [['HTTP Basic', byBasic(user, password ?? '')] as const] : []),
];

function address(url: string): Finding[] {
  if (url.startsWith('https:') || isLoopback(url)) return [];
  return [
    warning(
      'address',
      'http',
      'Hooks are sent unencrypted, and they contain passwords and tokens.',
      'Use https, unless only you use this network.',
    ),
  ];
}

function withoutCredentials(answer: Reply, url: string): Finding {
  const check = 'without credentials';
  if (answer.status === 401 || answer.status === 403) {
    return ok(check, `rejected (${answer.status})`, NOT_ACCEPTED.means);
  }
  if (answer.status !== 200) return problem(check, ...explainAnswer(answer));
  const isLocal = isLoopback(url);
  return (isLocal ? warning : problem)(
    check,
    'accepted (200)',
    'Anybody who reaches this address can write rows.',
    isLocal
      ? 'Set HOOK_SECRET (or HOOK_USER and HOOK_PASSWORD) for npm start, and rest_hook_send_hash, rest_hook_secret_key in WCS.'
      : 'No deployed stage does that: is it npm start that answers there? Deploy a stage, and create its secret: npm run secrets.',
  );
}

/** API Gateway renames this header. */
function challenge({ headers }: Reply, { secret, user }: Credentials): Finding {
  const check = 'challenge';
  if (headers['www-authenticate'] !== undefined) {
    return /^basic\b/i.test(headers['www-authenticate'])
      ? ok(
          check,
          'WWW-Authenticate: Basic',
          'A JVM sends user and password after such a challenge: WCS can use HTTP Basic.',
        )
      : problem(
          check,
          'WWW-Authenticate asks for something other than Basic',
          'WCS cannot answer it: something before this backend requires credentials of its own.',
          'Configure it to pass hooks on: this backend checks them itself.',
        );
  }
  const isRenamed = headers['x-amzn-remapped-www-authenticate'] !== undefined;
  // Signed hooks need no challenge.
  return (secret && !user ? warning : problem)(
    check,
    isRenamed ? 'it comes as x-amzn-remapped-www-authenticate' : 'a 401 without WWW-Authenticate',
    'A JVM sends user and password only when WWW-Authenticate asks for them: hooks of a WCS with HTTP Basic are always rejected.',
    'Use the signature instead: npm run secrets creates its secret (npm start: HOOK_SECRET), and says what to set in WCS. Or put a ' +
      `proxy before API Gateway that ${isRenamed ? 'gives the header its name back' : 'adds WWW-Authenticate: Basic realm="wcs-hooks", charset="UTF-8" to a 401'}.`,
  );
}

function withWrongOnes(answer: Reply | NoReply): Finding {
  const check = 'with a wrong signature';
  if (answer.status === 403) return ok(check, 'rejected (403)', 'A forged hook is rejected.');
  if (answer.status === 200) {
    return problem(
      check,
      'accepted (200)',
      'Anybody can write rows with any wrong secret.',
      'This is not what this backend does: look at what stands before it, and at which version is deployed.',
    );
  }
  if (answer.status === 401) {
    return problem(
      check,
      'the answer was 401',
      'A JVM sends each such hook 20 times.',
      'Answer 403, as this backend does: look at what stands before it.',
    );
  }
  return problem(check, ...explainAnswer(answer));
}

const neverAsked = () =>
  problem(
    'challenge',
    'a hook without credentials is rejected with 403, without the 401 that asks for them',
    'A JVM sends user and password only when asked: hooks of a WCS with HTTP Basic are always rejected.',
    'Configure whatever stands before this backend to pass on its 401 with WWW-Authenticate. Or use the signature.',
  );
