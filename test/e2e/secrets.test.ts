import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startParameterStore } from '../support/parameter-store.ts';
import { runScript } from '../support/run-script.ts';

let store: Awaited<ReturnType<typeof startParameterStore>>;
beforeAll(async () => {
  store = await startParameterStore();
});
afterAll(() => store.close());

async function secrets(...options: string[]): Promise<{ code: number; out: string }> {
  const { code, stdout, stderr } = await runScript('secrets', options, {
    ...process.env,
    ...store.environment,
  });
  return { code, out: stdout + stderr };
}
const valueOf = (name: string) => store.parameters.get(`/wcs-hooks/prod/${name}`);

describe.each([
  { of: 'hooks', options: [], current: 'hook-secret', pause: 'Wait a minute', use: 'rest_hook_secret_key=' },
  { of: 'tokens', options: ['--token'], current: 'token-secret', pause: 'Wait five minutes', use: '(HS256):\n  ' },
])('the secret of $of', ({ options, current, pause, use }) => {
  it('is made once, told, and rotated without a moment in which the old one is not taken', async () => {
    const previous = `${current}-previous`;
    const before = new Map(store.parameters);
    const created = await secrets('--stage', 'prod', ...options);
    const first = valueOf(current) ?? '';
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(created.out).toContain(`${use}${first}`);

    const again = await secrets('--stage', 'prod', ...options);
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining(`${current} is there. To see it`) as string });
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
    [['--nope'], 2, '--nope'],
    [['--stage', '../x'], 2, '--stage ../x: expected letters'],
    [['--stage', 'fresh', '--rotate'], 1, 'nothing to rotate'],
    [['--help'], 0, '--finish'],
  ] as const) {
    expect(await secrets(...options)).toMatchObject({ code, out: expect.stringContaining(text) as string });
  }
  store.control.fail = 3;
  const { code, out } = await secrets('--stage', 'fresh');
  expect(code).toBe(1);
  expect(out).toMatch(
    /^Parameter Store cannot be used: ThrottlingException.*\.\nAWS throttles: try again in a minute\.$/m,
  );
}, 30_000);
