import { describe, expect, it } from 'vitest';
import { checkSecrets, findCredentials } from '../../../../../infra/cli/doctor/credentials.ts';

const PROD = { name: 'prod', place: 'eu-central-1', isLocal: false };
const NOTHING = { secret: undefined, user: undefined, password: undefined };

/** A Parameter Store with these. */
function holding(parameters: Record<string, string>) {
  const asked: string[] = [];
  const send = ({ input }: { input: { Names: string[]; WithDecryption?: boolean } }) => {
    // Without it they come as they are kept: encrypted.
    if (!input.WithDecryption) return Promise.resolve({ Parameters: [] });
    asked.push(...input.Names);
    return Promise.resolve({
      Parameters: input.Names.flatMap((Name) => (parameters[Name] ? [{ Name, Value: parameters[Name] }] : [])),
    });
  };
  return { asked, parameters: { send: send as never } };
}

describe('the doctor shows the credentials', () => {
  it('that were given, and asks for no others', async () => {
    const { asked, parameters } = holding({ '/wcs-hooks/prod/hook-secret': 'other' });
    for (const given of [
      { ...NOTHING, secret: 's' },
      { ...NOTHING, user: 'u', password: 'p' },
    ]) {
      expect(await findCredentials(given, { ...PROD, parameters })).toEqual({ credentials: given });
    }
    expect(await findCredentials(NOTHING, { ...PROD, isLocal: true, parameters })).toEqual({ credentials: NOTHING });
    expect(await findCredentials(NOTHING, undefined)).toEqual({ credentials: NOTHING });
    expect(asked).toEqual([]);
  });

  it('of a deployed stage where none were given, and says so without them', async () => {
    const { parameters } = holding({
      '/wcs-hooks/prod/hook-secret': 'S3CRET',
      '/wcs-hooks/prod/hook-user': 'u',
      '/wcs-hooks/prod/hook-password': 'P4SS',
    });
    const { credentials, finding } = await findCredentials(NOTHING, { ...PROD, parameters });
    expect(credentials).toEqual({ secret: 'S3CRET', user: 'u', password: 'P4SS' });
    expect(finding).toMatchObject({ level: 'ok', found: 'hook-secret and hook-user of the stage' });
    expect(JSON.stringify(finding)).not.toMatch(/S3CRET|P4SS/);
  });

  it('or says why it has none, and what to do', async () => {
    expect(await findCredentials(NOTHING, { ...PROD, ...holding({}) })).toMatchObject({
      credentials: NOTHING,
      finding: { level: 'left out', todo: 'Create one: npm run secrets -- --stage prod.' },
    });
    const denied = Object.assign(new Error('no ssm:GetParameters'), { name: 'AccessDeniedException' });
    const parameters = { send: (() => Promise.reject(denied)) as never };
    expect(await findCredentials(NOTHING, { ...PROD, parameters })).toMatchObject({
      credentials: NOTHING,
      finding: {
        level: 'left out',
        found: 'not readable: AccessDeniedException: no ssm:GetParameters',
        todo: expect.stringContaining('HOOK_SECRET, or --user') as string,
      },
    });
  });
});

it('the doctor warns of secrets that WCS would read otherwise, and does not show them', async () => {
  expect([...checkSecrets({ secret: '5d0e'.repeat(16), previousSecret: 's3cr#et=' })]).toEqual([]);
  expect([...checkSecrets(NOTHING)]).toEqual([]);
  const { parameters } = holding({
    '/wcs-hooks/prod/hook-secret': 'hidden\\x',
    '/wcs-hooks/prod/hook-secret-previous': ' hidden',
  });
  const { credentials } = await findCredentials(NOTHING, { ...PROD, parameters });
  const findings = [...checkSecrets(credentials)];
  expect(findings).toMatchObject([
    { level: 'warning', check: 'hook secret', found: expect.stringContaining('a backslash') as string },
    { level: 'warning', check: 'previous hook secret', found: expect.stringContaining('blanks at an end') as string },
  ]);
  for (const { todo } of findings) expect(todo).toContain('openssl rand -hex 32');
  expect(JSON.stringify(findings)).not.toContain('hidden');
});
