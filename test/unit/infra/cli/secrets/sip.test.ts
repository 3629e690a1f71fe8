import { PassThrough, Writable } from 'node:stream';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readSipAccount } from '../../../../../lib/access/sip-account.ts';
import { setAccount } from '../../../../../infra/cli/secrets/sip.ts';
import type { AccountStore } from '../../../../../infra/cli/secrets/sip-store.ts';

const ACCOUNT = { sipRegisterRequired: true, sipLogin: '1001', sipPassword: 'S3CRET ', sipDomain: 'sip.example.com' };

describe('on a terminal, the command asks', () => {
  let accounts: Map<string, string>;
  beforeEach(() => {
    accounts = new Map();
    vi.spyOn(console, 'log').mockImplementation(() => {});
    return () => vi.restoreAllMocks();
  });
  const store: AccountStore = {
    placeOf: (name) => name,
    read: (name) => Promise.resolve(accounts.get(name)),
    write: (name, json) => Promise.resolve(void accounts.set(name, json)),
    remove: () => expect.fail(),
    all: () => expect.fail(),
  };

  /** Types an answer to each question, and looks at what the terminal shows. */
  async function dialog(answers: readonly string[]): Promise<string> {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    let shown = '';
    const waiting = [...answers];
    const stdout = new Writable({
      write(chunk: Buffer, _, done) {
        shown += chunk.toString();
        if (/: (\u001b\[\d*[A-Z])*$/.test(shown) && waiting.length > 0) {
          const next = waiting.shift() ?? '';
          setImmediate(() => stdin.write(next));
        }
        done();
      },
    });
    await setAccount(store, 'line', { stdin, stdout });
    expect(waiting).toEqual([]);
    return shown;
  }
  const account = () => JSON.parse(accounts.get('line') ?? '') as unknown;
  const ENTER = '\r';

  it('for the fields, and does not show the password; Enter takes what follows from the others', async () => {
    const shown = await dialog(['1001\r', 'S3CRET \r', ' sip.example.com \r', ENTER, ENTER, ENTER, ENTER, ENTER]);
    expect(account()).toEqual(ACCOUNT);
    expect(shown).toContain('sipOutboundProxy [sip.example.com]: ');
    expect(shown).toContain('sip.example.com \r');
    expect(shown).not.toContain('S3CRET');
  });

  it('again where an answer cannot be used, and only for what is to change', async () => {
    const first = ['1001\r', 'S3CRET \r', 'sip.example.com\r', 'no\r', ENTER, ENTER, '99999\r', ENTER];
    const again = [ENTER, ENTER, ENTER, ENTER, ENTER, ENTER, '5062\r', 'Shop\r'];
    const shown = await dialog([...first, ...again]);
    expect(shown).toContain('sipPort: expected 1 to 65535\n');
    const changed = { ...ACCOUNT, sipRegisterRequired: false, sipPort: 5062, sipVisibleName: 'Shop' };
    expect(account()).toEqual(changed);
    const later = await dialog([ENTER, 'S3CRET-2\r', ENTER, 'yes\r', ENTER, ENTER, ENTER, ENTER]);
    expect(account()).toEqual({ ...changed, sipPassword: 'S3CRET-2', sipRegisterRequired: true });
    expect(later).toContain('sipRegisterRequired [false]: ');
    expect(later).toContain('sipPassword (hidden) [as it is]: ');
    expect(shown + later).not.toContain('S3CRET');
  });

  it('and what follows from a field that changes, changes with it', async () => {
    await dialog(['1001\r', 'S3CRET\r', 'sip.example.com\r', ENTER, ENTER, ENTER, ENTER, 'Shop\r']);
    await dialog(['1002\r', ENTER, 'pbx.example.com\r', ENTER, ENTER, ENTER, ENTER, ENTER]);
    expect(readSipAccount(accounts.get('line') ?? '')).toMatchObject({
      account: {
        ...{ sipLogin: '1002', sipAuthenticationName: '1002', sipPassword: 'S3CRET', sipVisibleName: 'Shop' },
        ...{ sipDomain: 'pbx.example.com', sipOutboundProxy: 'pbx.example.com' },
      },
    });
  });

  it('and changes nothing if somebody gives up', async () => {
    await expect(dialog(['1001\r', '\u0003'])).rejects.toThrow('Nothing was changed.');
    expect(accounts.size).toBe(0);
  });
});
