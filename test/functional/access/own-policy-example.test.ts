import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { OwnPolicy } from '../../../lib/access/own-policy.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';
import { pageAt } from '../../support/pages.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The example of docs/access-control.md in the place of lib/access/own-policy.ts. */
async function example(): Promise<OwnPolicy> {
  const { text } = pageAt('docs/access-control.md');
  const [, code] = /```ts\n(export const ownPolicy[^]*?)```/.exec(text) ?? expect.fail();
  const file = join(mkdtempSync(join(tmpdir(), 'own-policy-')), 'own-policy.ts');
  const decision = pathToFileURL(join(ROOT, 'lib/access/decision.ts')).href;
  writeFileSync(file, `import { allow, deny } from '${decision}';\ntype OwnPolicy = object;\n${code}`);
  return ((await import(/* @vite-ignore */ file)) as { ownPolicy: OwnPolicy }).ownPolicy;
}

it('the example of docs/access-control.md: recording is for people with a token, under their own name, for an hour', async () => {
  const hooks = hooksUnderTest({ ...WITH_SECRET, TOKEN_FOR: 'connect' }, await example());
  const connect = async (sessionId: string, token: string) =>
    json(
      await hooks.send({ method: 'connect', at: NOW * 1000, body: JSON.stringify({ sessionId, custom: { token } }) }),
    );
  expect(await connect('alice', await signToken())).toMatchObject({ sipVisibleName: 'alice' });
  expect(await connect('nobody', await signToken({ claims: { sub: undefined } }))).not.toHaveProperty('sipVisibleName');
  const publish = async (sessionId: string, name: string, record: boolean) => {
    const body = JSON.stringify({ mediaSessionId: `${sessionId}-${name}-${record}`, sessionId, name, record });
    return (await hooks.send({ method: 'publishStream', at: NOW * 1000, body })).statusCode;
  };
  expect(await publish('nobody', 'x', false)).toBe(200);
  expect(await publish('nobody', 'x', true)).toBe(403);
  expect(await publish('alice', 'alice-1', true)).toBe(200);
  expect(await publish('alice', 'bob-1', true)).toBe(403);
  expect(hooks.memory.rows.get('alice-alice-1-true')).toMatchObject({
    stopAt: new Date((NOW + 3600) * 1000).toISOString(),
  });
  expect(hooks.memory.rows.get('alice-bob-1-true')?.denied).toBe('own: recording under the name of somebody else');
});
