import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOptions } from '../../infra/cli/secrets/options.ts';
import { runSecrets } from '../../infra/cli/secrets/run.ts';
import { startParameterStore } from '../support/parameter-store.ts';
import { runHere } from '../support/run-here.ts';
import { runScript, type Ran } from '../support/run-script.ts';

let store: Awaited<ReturnType<typeof startParameterStore>>;
beforeAll(async () => {
  store = await startParameterStore();
  Object.assign(process.env, store.environment, { SIP_ACCOUNTS_FILE: file });
});
afterAll(() => store.close());

const shown = ({ code, stdout, stderr }: Ran) => ({ code, out: stdout + stderr });
/** As an operator does, in a process of its own; the others are in this one. */
const npmRunSecretsWith = async (input: string, ...args: string[]) =>
  shown(await runScript('secrets', args, process.env, input));
const npmRunSecrets = (...args: string[]) => npmRunSecretsWith('', ...args);
const secrets = (...args: string[]) => secretsWith('', ...args);
const secretsWith = async (input: string, ...args: string[]) =>
  shown(
    await runHere('secrets', async () => {
      const options = readOptions(args);
      if (options === 'help') return expect.fail('--help');
      const terminal = { stdin: Readable.from([input]), stdout: process.stdout };
      await runSecrets(options, { terminal, accountsFile: file });
    }),
  );
const file = join(mkdtempSync(join(tmpdir(), 'secrets-')), 'made/sip.json');
const valueOf = (name: string) => store.parameters.get(`/wcs-hooks/prod/${name}`);

describe.each([
  { of: 'hooks', options: [], current: 'hook-secret', pause: 'Wait a minute', use: 'rest_hook_secret_key=' },
  { of: 'tokens', options: ['--token'], current: 'token-secret', pause: 'Wait five minutes', use: '(HS256):\n  ' },
])('the secret of $of', ({ options, current, pause, use }) => {
  it('is made once, told, and rotated without a moment in which the old one is not taken', async () => {
    const previous = `${current}-previous`;
    const before = new Map(store.parameters);
    const created = await npmRunSecrets('--stage', 'prod', ...options);
    const first = valueOf(current) ?? '';
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(created.out).toContain(`${use}${first}`);

    const again = await secrets('--stage', 'prod', ...options);
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining(`${current} exists. To see it`) as string });
    expect(again.out).toContain(
      `--with-decryption --query Parameter.Value --output text --name /wcs-hooks/prod/${current}`,
    );
    expect(again.out).not.toContain(first);
    expect(valueOf(current)).toBe(first);
    expect(await secrets('--stage', 'prod', '--finish', ...options)).toMatchObject({ code: 1 });

    const rotated = await secrets('--stage', 'prod', '--rotate', ...options);
    const second = valueOf(current) ?? '';
    expect(second).not.toBe(first);
    expect(valueOf(previous)).toBe(first);
    // The other way round there were a moment in which nobody takes it.
    expect(store.written.slice(-2)).toEqual([previous, current].map((name) => `/wcs-hooks/prod/${name}`));
    expect(rotated.out).toContain(`${use}${second}`);
    expect(rotated.out).toContain(pause);
    expect(rotated.out).toContain(`npm run secrets -- --stage prod ${[...options, '--finish'].join(' ')}`);
    expect(await secrets('--stage', 'prod', '--rotate', ...options)).toMatchObject({
      code: 1,
      out: expect.stringContaining('A rotation is under way') as string,
    });
    expect(valueOf(current)).toBe(second);

    expect(await secrets('--stage', 'prod', '--finish', ...options)).toMatchObject({ code: 0 });
    // Nothing else was touched.
    expect(store.parameters).toEqual(before.set(`/wcs-hooks/prod/${current}`, second));
  }, 30_000);
});

describe('SIP accounts', () => {
  const S3CRET = { sipLogin: 'S3CRET-1001', sipPassword: 'S3CRET', sipDomain: 'S3CRET.example.com' };
  const FIELDS = 'sipLogin sipPassword sipDomain';
  let printed = '';
  const runOn = (stage: string, run: typeof secretsWith) => async (code: number, input: unknown, options: string) => {
    const json = input === '' ? '' : JSON.stringify(input);
    const ran = await run(json, '--stage', stage, ...options.split(' '));
    expect(ran).toMatchObject({ code });
    printed += ran.out;
    return ran.out;
  };

  it('are set from a pipe, changed, listed and removed, and no value is printed', async () => {
    const run = runOn('prod', secretsWith);
    const path = '/wcs-hooks/prod/sip/';
    const before = new Map(store.parameters);
    expect(await run(0, S3CRET, '--sip line-1')).toMatch(`created ${path}line-1\n`);
    const changed = { ...S3CRET, sipPort: '5061', sipRegisterRequired: false };
    expect(await run(0, changed, '--sip line-1')).toMatch(`changed ${path}line-1\n`);
    for (const name of ['z', 'a']) store.parameters.set(`${path}${name}`, JSON.stringify(S3CRET));
    expect(await run(0, '', '--list')).toBe(
      `a       has ${FIELDS}\nline-1  has sipRegisterRequired ${FIELDS} sipPort\nz       has ${FIELDS}\n`,
    );
    expect(await run(1, { sipLogin: 'S3CRET' }, '--sip a')).toContain('sipDomain is missing');
    expect(await run(1, '', '--sip a')).toContain('Standard input is not a SIP account: it is not JSON');
    expect(await run(0, '', '--sip a --remove')).toContain(`deleted ${path}a:`);
    expect(await run(1, '', '--sip a --remove')).toContain('There is no SIP account a: ');
    store.parameters.delete(`${path}z`);
    expect(JSON.parse(valueOf('sip/line-1') ?? '')).toEqual({ ...changed, sipPort: 5061 });
    store.parameters.delete(`${path}line-1`);
    // Nothing else was touched.
    expect(store.parameters).toEqual(before);
    expect(printed).not.toContain('S3CRET');
  }, 30_000);

  it('of the local stack are in a file that only its owner can read', async () => {
    const [run, npmRun] = [runOn('local', secretsWith), runOn('local', npmRunSecretsWith)];
    expect(await run(0, '', '--list')).toBe('There are no SIP accounts: --sip ACCOUNT creates one.\n');
    for (const name of ['b', 'a'])
      expect(await npmRun(0, S3CRET, `--sip ${name}`)).toContain(`created ${name} in ${file}\n`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ a: S3CRET, b: S3CRET });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await run(0, '', '--sip b --remove')).toContain(`deleted b in ${file}`);
    expect(await run(0, '', '--list')).toBe(`a  has ${FIELDS}\n`);
    expect(printed).not.toContain('S3CRET');
  }, 30_000);
});

it('lists a SIP account that somebody put there and cannot be used, with the reason', async () => {
  store.parameters
    .set('/wcs-hooks/other/sip/broken', '{"sipLogin":"S3CRET"}')
    .set('/wcs-hooks/other/sip/odd', 'S3CRET');
  store.parameters.set(
    '/wcs-hooks/other/sip/short',
    '{"sipLogin":"S3CRET","sipPassword":"S3CRET","sipDomain":"S3CRET"}',
  );
  const { out } = await secrets('--stage', 'other', '--list');
  expect(out.split('\n')).toEqual([
    'broken  not usable: sipDomain is missing',
    'odd     not usable: it is not JSON',
    'short   has sipLogin sipPassword sipDomain',
    '',
  ]);
});

it('warns of a secret of hooks that somebody put there and WCS would read otherwise, and does not show it', async () => {
  const [current, previous] = ['/wcs-hooks/odd/hook-secret', '/wcs-hooks/odd/hook-secret-previous'];
  store.parameters
    .set(current, 'hidden\\x\n')
    .set(previous, 'hidden\u20ac')
    .set('/wcs-hooks/odd/token-secret', 'hidden\\');
  const { code, out } = await secrets('--stage', 'odd');
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^WARNING: ${current} has a backslash.*; a line end.*openssl rand -hex 32`, 'm'));
  expect(out).toMatch(new RegExp(`^WARNING: ${previous} has characters outside ASCII`, 'm'));
  expect(out).not.toContain('hidden');
  // No properties file holds it.
  expect((await secrets('--stage', 'odd', '--token')).out).not.toContain('WARNING');
}, 30_000);

it('says what is wrong', async () => {
  for (const [options, code, text] of [
    [[], 2, '--stage NAME is missing'],
    [['--stage', 'local'], 2, 'set HOOK_SECRET in the environment'],
    [['--stage', 'x', '--rotate', '--finish'], 2, 'two steps'],
    [['--stage', '../x'], 2, '--stage ../x: expected letters'],
    [['--stage', 'fresh', '--rotate'], 1, 'nothing to rotate'],
  ] as const) {
    expect(await secrets(...options)).toMatchObject({ code, out: expect.stringContaining(text) as string });
  }
  expect(await npmRunSecrets('--nope')).toMatchObject({ code: 2, out: expect.stringContaining('--nope') as string });
  expect(await npmRunSecrets('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--finish') as string });
  store.control.fail = 3;
  const { code, out } = await secrets('--stage', 'fresh');
  expect(code).toBe(1);
  expect(out).toMatch(
    /^Parameter Store cannot be used: ThrottlingException.*\.\nAWS throttles: try again in a minute\.$/m,
  );
}, 30_000);
