import { afterAll, beforeAll, expect, it } from 'vitest';
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

it('makes a secret once, tells it to WCS, and rotates it without a moment in which the old one is not taken', async () => {
  const created = await secrets('--stage', 'prod', '--token');
  const first = valueOf('hook-secret') ?? '';
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(created.out).toContain(`rest_hook_secret_key=${first}`);
  expect(created.out).toContain(valueOf('token-secret'));
  expect(valueOf('token-secret')).not.toBe(first);

  const again = await secrets('--stage', 'prod', '--token');
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('hook-secret is there.') as string });
  expect(again.out).not.toContain(first);
  expect(valueOf('hook-secret')).toBe(first);
  expect(await secrets('--stage', 'prod', '--finish')).toMatchObject({ code: 1 });

  const rotated = await secrets('--stage', 'prod', '--rotate');
  const second = valueOf('hook-secret') ?? '';
  expect(second).not.toBe(first);
  expect(valueOf('hook-secret-previous')).toBe(first);
  expect(rotated.out).toMatch(/Wait a minute[^]*--stage prod --finish/);
  expect(rotated.out).toContain(`rest_hook_secret_key=${second}`);
  expect(await secrets('--stage', 'prod', '--rotate')).toMatchObject({
    code: 1,
    out: expect.stringContaining('A rotation is under way') as string,
  });
  expect(valueOf('hook-secret')).toBe(second);

  expect(await secrets('--stage', 'prod', '--finish')).toMatchObject({ code: 0 });
  expect([valueOf('hook-secret'), valueOf('hook-secret-previous')]).toEqual([second, undefined]);
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
