import { fc, test } from '@fast-check/vitest';
import { createHash, createHmac } from 'node:crypto';
import { describe, expect } from 'vitest';
import { Sha256 } from '../../../lib/platform/sha256.ts';

const parts = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 });

describe('the hash that the signer is given', () => {
  test.prop([parts])('is SHA-256 of all that it was given', async (given) => {
    const hash = new Sha256();
    for (const part of given) hash.update(part);
    expect(Buffer.from(await hash.digest()).toString('hex')).toBe(
      createHash('sha256').update(Buffer.concat(given)).digest('hex'),
    );
  });

  test.prop([parts, fc.oneof(fc.string(), fc.uint8Array({ minLength: 1, maxLength: 64 }))])(
    'with a secret is its HMAC, whether that is text or bytes, the first time and again',
    async (given, secret) => {
      for (let time = 0; time < 2; time++) {
        const hash = new Sha256(secret);
        for (const part of given) hash.update(part);
        expect(Buffer.from(await hash.digest()).toString('hex')).toBe(
          createHmac('sha256', secret).update(Buffer.concat(given)).digest('hex'),
        );
      }
    },
  );

  test('begins anew after a reset', async () => {
    const hash = new Sha256();
    hash.update(Buffer.from('before'));
    hash.reset();
    hash.update(Buffer.from('after'));
    expect(Buffer.from(await hash.digest())).toEqual(createHash('sha256').update('after').digest());
  });
});
