import { expect, it } from 'vitest';
import { readBoardSettings } from '../../../lib/settings/board-settings.ts';
import { PARAMETERS } from '../../../lib/platform/secrets.ts';
import { SETTINGS_OF_BOARD, SETTINGS_OF_HOOKS, SETTINGS_OF_JOBS } from '../../../lib/settings/names.ts';
import { readHookSettings, readSettings } from '../../../lib/settings/settings.ts';
import { REQUIRED } from '../../support/settings.ts';

/** The template's, Lambda's or the local stack's; no operator sets them. */
const GIVEN = [...Object.keys(REQUIRED), 'IS_OFFLINE', 'SECRETS_PATH', 'STAGE'];

/** What a reader looks for in the environment. */
function namesReadBy(read: (env: Record<string, string>) => unknown, env: Record<string, string>): string[] {
  const names = new Set<string>();
  const get = (target: Record<string, string>, name: string) => {
    names.add(name);
    return target[name];
  };
  read(new Proxy({ ...REQUIRED, ...env }, { get }));
  return [...names].filter((name) => !GIVEN.includes(name)).sort();
}

it('a deploy gives each function the settings that its code reads, and no other', () => {
  expect(namesReadBy(readSettings, {})).toEqual([...SETTINGS_OF_JOBS].sort());
  const secrets = Object.keys(PARAMETERS);
  const tokens = { TOKEN_SECRET: 't'.repeat(32), TOKEN_ISSUER: 'i', TOKEN_AUDIENCE: 'a' };
  const ofTokens = secrets.filter((name) => name.startsWith('TOKEN_'));
  expect(namesReadBy(readBoardSettings, tokens)).toEqual([...SETTINGS_OF_BOARD, ...ofTokens].sort());
  expect(namesReadBy(readHookSettings, { HOOK_SECRET: 's', ...tokens })).toEqual(
    [...SETTINGS_OF_JOBS, ...SETTINGS_OF_HOOKS, ...secrets].sort(),
  );
});
