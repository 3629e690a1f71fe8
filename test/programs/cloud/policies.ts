/** A stage whose policies are on: who is denied stays denied, and an operator sees and stops streams. */
import { HOOK_FUNCTIONS } from '../../../infra/cloudformation/functions.ts';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from '../../../infra/build/build.ts';
import type { Change } from '../../../infra/local/deployment.ts';
import { TRANSFER_TARGET } from '../../simulator/calls.ts';
import { createWcs, type Hook } from '../../simulator/wcs.ts';
import type { Aws } from './aws.ts';
import { hookOf } from './hooks.ts';
import { linesOf } from './logs.ts';
import type { Stage } from './stage.ts';

const run = promisify(execFile);

const TOKENS = { TOKEN_ISSUER: 'https://login.example.com', TOKEN_AUDIENCE: 'wcs' };
export const POLICIES = { ...TOKENS, STOP_STREAMS: 'true' };
export const ORIGINS = { ALLOWED_ORIGINS: 'https://example.com', RETENTION_DAYS: '40' };

const ZIP = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").write(sys.argv[2])';

/** The functions as they are with a policy of the operator's own. */
export const withOwnPolicy =
  (bin: string): Change =>
  async (_, folder) => {
    const built = '.cloud/own-policy';
    await build(`${built}/dist`, [
      {
        name: 'own-policy-of-everything',
        setup(bundling) {
          const path = join(import.meta.dirname, 'own-policy.ts');
          bundling.onResolve({ filter: /\/own-policy\.ts$/ }, () => ({ path }));
        },
      },
    ]);
    for (const name of HOOK_FUNCTIONS) {
      await run(join(bin, 'python'), ['-c', ZIP, join(folder, `${name}.zip`), `dist/${name}.cjs`], { cwd: built });
    }
  };

/** Signs a token of alice's. */
export type TokenFor = (...claims: string[]) => Promise<string>;

/** The secret of tokens, before the deploy that needs it. */
export async function prepareTokens(stage: Stage): Promise<TokenFor> {
  const { stdout } = await stage.run('secrets', ['--stage', stage.name, '--token']);
  const secret = /^ +(\w{64})$/m.exec(stdout)?.[1];
  if (!secret) throw new Error(`secrets --token: ${stdout}`);
  return async (...claims) =>
    (await stage.run('token', ['--sub', 'alice', ...claims], { ...TOKENS, TOKEN_SECRET: secret })).stdout.trim();
}

export async function problemsOfPolicies(stage: Stage, tokenFor: TokenFor) {
  const good = await tokenFor('--publish', 'stream-*', '--play', 'stream-*');
  const other = await tokenFor('--publish', 'room-*', '--play', 'stream-*');
  const { expect, problems } = expecting(stage);
  await expect(403, 'a connect without a token', hookOf('connect', 'b'));
  await expect(200, 'a connect with a token', hookOf('connect', 'c', { custom: { token: good } }));
  await expect(403, 'a call to whom nobody calls', hookOf('OnCallEvent', 'c', { callee: 'nobody' }));
  await expect(200, 'a call to somebody', hookOf('OnCallEvent', 'c', { callee: 'somebody' }));
  await expect(403, 'a stream of another name', hookOf('publishStream', 'c', { name: 'studio' }));
  await expect(200, 'a WCS that does not obey', hookOf('StreamStatusEvent', 'c', { name: 'studio' }));
  const denied = await stage.run('streams', ['--stage', stage.name, '--id', 'stream-of-c']);
  if (!denied.stdout.includes('may not publish this name'))
    problems.push(`the row of a denied stream: ${denied.stdout}`);

  problems.push(...(await stage.simulate('lifecycle', '--token', good)));
  // Publishers are denied: their rows are compared with that, too.
  const { stdout, stderr } = await stage.run('simulate', [
    ...['--url', stage.url, '--streams', '3', '--players', '0', '--token', other],
  ]);
  if (!/^0 of 3 streams started/m.test(stdout)) problems.push(`with a token of other names: ${stdout}${stderr}`);

  await expect(
    200,
    'a stream of a good name',
    hookOf('publishStream', 'd', { name: 'stream-d', sessionId: 'session-of-c' }),
  );
  await expect(200, 'its start', hookOf('StreamStatusEvent', 'd', { name: 'stream-d', sessionId: 'session-of-c' }));
  const shown = await stage.run('streams', ['--stage', stage.name]);
  if (!shown.stdout.includes('stream-of-d')) problems.push(`streams does not show what is live: ${shown.stdout}`);
  const stopped = await stage.run('streams', ['--stage', stage.name, '--stop', 'stream-of-d', '--reason', 'night']);
  if (stopped.code !== 0) problems.push(`streams --stop: ${stopped.stderr}`);
  await expect(403, 'the keep-alive of a stopped stream', hookOf('StreamKeepAliveEvent', 'd', { name: 'stream-d' }));
  await expect(200, 'its end', hookOf('StreamStatusEvent', 'd', { name: 'stream-d', status: 'UNPUBLISHED' }));
  return problems;
}

const ACCOUNT = { sipLogin: 'MARKER-login', sipPassword: 'MARKER-password', sipDomain: 'MARKER.example.com' };

/** A token names a SIP account: the connection gets it, and nobody else learns of it. */
export async function problemsOfSipAccounts(aws: Aws, stage: Stage, tokenFor: TokenFor): Promise<string[]> {
  const { expect, problems } = expecting(stage);
  const token = await tokenFor('--sip', 'line', '--callee', '200');
  await expect(403, 'a connect whose account is not there', hookOf('connect', 'g', { custom: { token } }));
  const set = await stage.run('secrets', ['--stage', stage.name, '--sip', 'line'], {}, JSON.stringify(ACCOUNT));
  const shown = await stage.run('secrets', ['--stage', stage.name, '--list']);
  if (!shown.stdout.startsWith('line  has sip')) problems.push(`secrets --list: ${shown.stdout}${shown.stderr}`);
  // By both functions that serve it.
  for (const method of ['connect', 'connect/']) {
    const fields = await expect(200, `a ${method} with an account`, {
      ...hookOf('connect', 'h', { custom: { token }, sipLogin: 'own' }),
      method,
    });
    if (fields?.['sipPassword'] !== ACCOUNT.sipPassword) problems.push(`${method} was not answered its account`);
  }
  const call = hookOf('call', 'h', { callee: '0900', status: 'PENDING' });
  if ((await expect(200, 'a call', call))?.['callee'] !== '200') problems.push('the call goes to another callee');
  const lines = await Promise.all(HOOK_FUNCTIONS.map((name) => linesOf(aws, stage.prefix, name)));
  const told = [JSON.stringify(lines), JSON.stringify(stage.template), set.stdout, set.stderr, shown.stdout].join('');
  if (told.includes('MARKER')) problems.push('a field of the account is told somewhere');
  return problems;
}

/** Click to call, and the other calls of the simulator, with the account `line`. */
export async function problemsOfTelephony(stage: Stage, tokenFor: TokenFor): Promise<string[]> {
  const token = await tokenFor('--sip', 'line', '--callee', '4930901820', '--call', TRANSFER_TARGET);
  const problems: string[] = [];
  for (const scenario of ['registration', 'outgoing', 'incoming', 'transfer', 'busy', 'failed-call'] as const)
    problems.push(...(await stage.simulate(scenario, '--streams', '4', '--token', token)));
  const press = async (what: string, expected: string, ...options: string[]) => {
    const page = ['--url', stage.url, '--scenario', 'outgoing', '--streams', '2', '--callee', '0900123456', ...options];
    const { stdout, stderr } = await stage.run('simulate', page);
    if (!stdout.includes(expected)) problems.push(`click to call, ${what}: ${stdout}${stderr}`);
  };
  const rings = '2 calls went to 4930901820, which is not what the pages asked for.';
  await press('a page that brings its own account', rings, '--token', token);
  await press('a page without one', rings, '--token', token, '--without-account');
  await press('a page without a token', '0 of 2 calls started.', '--without-token');
  const other = await tokenFor('--sip', 'line', '--callee', '4930901899');
  await press('with the token of another button', '2 calls went to 4930901899', '--token', other);
  const { stdout } = await stage.run('calls', ['--stage', stage.name, '--callee', ACCOUNT.sipLogin]);
  if (!stdout.includes('1 ringing and 1 talking call to')) problems.push(`calls does not show what is live: ${stdout}`);
  return problems;
}

export async function problemsOfOrigins(stage: Stage): Promise<string[]> {
  const { expect, problems } = expecting(stage);
  await expect(403, 'a connect of another page', hookOf('connect', 'e', { origin: 'https://evil.example' }));
  await expect(200, 'a connect of the page', hookOf('connect', 'f', { origin: 'https://example.com' }));
  return problems;
}

export function expecting({ url, secret }: Stage) {
  const problems: string[] = [];
  async function send(hook: Hook) {
    const wcs = createWcs({ url, secret, timeout: 15_000, connections: 1 });
    const answer = await wcs.send(hook);
    wcs.close();
    return answer;
  }
  async function expect(status: number, what: string, hook: Hook) {
    const answer = await send(hook);
    if (answer.status !== status) problems.push(`${what} was answered ${answer.status}, expected ${status}`);
    return answer.fields;
  }
  return { expect, send, problems };
}
