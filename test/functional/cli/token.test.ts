import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { runScript } from '../../support/run-script.ts';
import { TOKEN_SECRET, WITH_SECRET } from '../../support/tokens.ts';

const { TOKEN_ISSUER, TOKEN_AUDIENCE } = WITH_SECRET;
const token = (...args: string[]) =>
  runScript('token', args, { PATH: process.env['PATH'], TOKEN_SECRET, TOKEN_ISSUER, TOKEN_AUDIENCE });

describe('npm run token', () => {
  it('links to the board of a stage, with the token behind the #', async () => {
    const { code, stdout } = await token(
      ...['--sub', 'alice', '--board', 'read, stop', '--open', '--url', 'https://api.example.com/rest/my_api'],
    );
    expect(code).toBe(0);
    const [, link, jwt = ''] = /^(https:\/\/api\.example\.com\/board)#token=(\S+)\n$/.exec(stdout) ?? [];
    expect(link).toBeDefined();
    expect(decodeJwt(jwt)).toMatchObject({ sub: 'alice', board: ['read', 'stop'], iss: TOKEN_ISSUER });
  });

  it.each([
    [['--board', 'read,admin'], '--board read,admin: expected some of read,stop,ban'],
    [['--open'], '--open is for --board: the link leads there'],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, stdout, stderr } = await token('--sub', 'alice', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
