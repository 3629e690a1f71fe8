import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, publish, SESSION } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import {
  ALL_RIGHTS,
  byRsa,
  forgedToken,
  NOW,
  signToken,
  startKeyServer,
  WITH_SECRET,
  type KeyServer,
} from '../../support/tokens.ts';

describe('a token', () => {
  let keys: KeyServer;
  beforeAll(async () => {
    keys = await startKeyServer();
  });
  afterAll(() => keys.close());

  it('that is expired, not yet valid, of another audience or issuer, or unusable shows whose it is, as its signature is good', async () => {
    for (const claims of [
      { exp: NOW - 61 },
      { exp: undefined },
      { nbf: NOW + 62 },
      { aud: 'other' },
      { aud: undefined },
      { iss: 'https://evil.net' },
      { publish: '*' },
      { maxDuration: 0 },
    ]) {
      for (const [parts, env] of [
        [{ claims: { ...ALL_RIGHTS, sub: 'dave', ...claims } }, WITH_SECRET],
        [byRsa(keys, { claims: { sub: 'dave', ...claims } }), keys.env],
      ] as const) {
        const token = await signToken(parts);
        const hooks = hooksUnderTest(env);
        const answers = [await publish(hooks, 'x', { custom: { token } }), await connect(hooks, token)];
        for (const row of [hooks.memory.rows.get('stream-x'), hooks.memory.sessions.get(SESSION)]) {
          expect(row).toMatchObject({ phase: 'denied', sub: 'dave' });
        }
        expect(hooks.lines()).toMatchObject([
          { outcome: 'denied', sub: 'dave' },
          { outcome: 'denied', sub: 'dave' },
        ]);
        // The caller learns nothing of it.
        for (const { body } of answers)
          expect(body).toBe('{"error":"Forbidden","message":"denied by the policy token"}');
      }
    }
  });

  it('signed by somebody else shows nobody, whatever it says', async () => {
    const claims = { sub: 'mallory', ...ALL_RIGHTS };
    const other = await startKeyServer();
    const good = await signToken({ claims: { ...claims, exp: NOW - 61 } });
    const [header = '', , signature = ''] = good.split('.');
    const payload = Buffer.from(JSON.stringify({ ...claims, sub: 'mallory', exp: NOW - 61 })).toString('base64url');
    for (const [token, env] of [
      [await signToken({ claims: { ...claims, exp: NOW - 61 }, key: new Uint8Array(32) }), WITH_SECRET],
      [await signToken({ claims: { ...claims, aud: 'other' }, key: new Uint8Array(32) }), WITH_SECRET],
      [`${header}.${payload.slice(0, -2)}.${signature}`, WITH_SECRET],
      [good.slice(0, good.lastIndexOf('.') + 1), WITH_SECRET],
      [forgedToken({ alg: 'none' }, '', { sub: 'mallory', exp: NOW - 61 }), WITH_SECRET],
      [await signToken(byRsa(keys, { claims: { ...claims, exp: NOW - 61 } })), WITH_SECRET],
      [await signToken(byRsa(keys, { claims: { ...claims, exp: NOW - 61 }, key: other.rsa.privateKey })), keys.env],
      [good, keys.env],
    ] as const) {
      const hooks = hooksUnderTest({ ...env });
      expect((await publish(hooks, 'x', { custom: { token } })).statusCode).toBe(403);
      expect((await connect(hooks, token)).statusCode).toBe(403);
      expect(hooks.memory.rows.get('stream-x')).not.toHaveProperty('sub');
      expect(JSON.stringify([...hooks.memory.rows, ...hooks.memory.sessions, hooks.lines()])).not.toContain('mallory');
    }
    await other.close();
  });

  it('that is denied and has no usable `sub` shows nobody', async () => {
    for (const sub of [5, '', 'x'.repeat(257), { a: 1 }, undefined]) {
      const hooks = hooksUnderTest(WITH_SECRET);
      const token = await signToken({ claims: { ...ALL_RIGHTS, sub, exp: NOW - 61 } });
      expect((await publish(hooks, 'x', { custom: { token } })).statusCode).toBe(403);
      expect(hooks.memory.rows.get('stream-x')).toMatchObject({ denied: 'token: expired' });
      expect(hooks.memory.rows.get('stream-x')).not.toHaveProperty('sub');
    }
  });
});
