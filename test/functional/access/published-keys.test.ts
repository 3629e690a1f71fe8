import { exportSPKI } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publish } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { ALL_RIGHTS, byRsa, signToken, startKeyServer, type KeyServer } from '../../support/tokens.ts';

describe('a token', () => {
  let keys: KeyServer;
  beforeAll(async () => {
    keys = await startKeyServer();
  });
  afterAll(() => keys.close());

  it('signed by a published key is valid, RS256 and ES256', async () => {
    const hooks = hooksUnderTest(keys.env);
    const es256 = { claims: ALL_RIGHTS, header: { alg: 'ES256', kid: 'ec' }, key: keys.ec.privateKey };
    for (const parts of [byRsa(keys), es256]) {
      const token = await signToken(parts);
      expect((await publish(hooks, 'x', { custom: { token } })).statusCode).toBe(200);
    }
  });

  it('signed with a public key as if it were a secret is denied, in any of its forms', async () => {
    const hooks = hooksUnderTest(keys.env);
    const pem = await exportSPKI(keys.rsa.publicKey);
    for (const secret of [pem, pem.trim(), JSON.stringify(keys.jwks.keys[0]), String(keys.jwks.keys[0]?.n)]) {
      const key = new TextEncoder().encode(secret);
      const token = await signToken({ claims: ALL_RIGHTS, header: { alg: 'HS256', kid: 'rsa' }, key });
      expect((await publish(hooks, 'x', { custom: { token } })).statusCode).toBe(403);
      expect(hooks.memory.rows.get('stream-x')?.denied).toBe('token: another algorithm');
    }
  });

  it('of an unknown key, of another pair, or of a key that names another algorithm is denied', async () => {
    const hooks = hooksUnderTest(keys.env);
    const other = await startKeyServer();
    for (const [parts, problem] of [
      [byRsa(keys, { header: { alg: 'RS256', kid: 'unknown' } }), 'unknown key'],
      [byRsa(keys, { header: { alg: 'RS256', kid: '../../rsa' } }), 'unknown key'],
      [byRsa(keys, { key: other.rsa.privateKey }), 'wrong signature'],
      [byRsa(keys, { header: { alg: 'ES256', kid: 'rsa' }, key: keys.ec.privateKey }), 'unknown key'],
    ] as const) {
      expect((await publish(hooks, 'x', { custom: { token: await signToken(parts) } })).statusCode).toBe(403);
      expect(hooks.lines().at(-1)).toMatchObject({ reason: `token: ${problem}` });
    }
    await other.close();
  });

  it('with keys of its own in its header is verified with ours alone', async () => {
    const other = await startKeyServer();
    const header = { alg: 'RS256', jwk: other.jwks.keys[0], jku: other.env.TOKEN_JWKS_URL, kid: 'rsa' };
    const token = await signToken({ claims: ALL_RIGHTS, header, key: other.rsa.privateKey });
    expect((await publish(hooksUnderTest(keys.env), 'x', { custom: { token } })).statusCode).toBe(403);
    expect(other.control.requests).toBe(0);
    await other.close();
  });
});
