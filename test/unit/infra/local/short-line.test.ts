import { describe, expect, it } from 'vitest';
import { shortLine, type LogLine, type Paint } from '../../../../infra/local/short-line.ts';
import { streamStatusLine } from '../../../support/log-lines.ts';

const plain: Paint = (_, text) => text;
const painted: Paint = (colour, text) => (colour === 'dim' ? text : `<${colour}>${text}</${colour}>`);
const AT = '2026-11-25T10:25:19.123Z';
const clock = new Date(AT).toTimeString().slice(0, 8);
const hook = (fields: Record<string, unknown> = {}): LogLine => ({ ...streamStatusLine, time: AT, ...fields });

describe('a hook on a terminal', () => {
  it('is one short line', () => {
    expect(shortLine(hook(), plain)).toBe(`${clock} StreamStatusEvent PUBLISHING b4e7 applied 29 ms`);
    expect(shortLine(hook(), painted)).toBe(`${clock} StreamStatusEvent PUBLISHING b4e7 applied 29 ms`);
  });

  it('is seen at a glance where it was denied or failed, with or without colours', () => {
    const denied = hook({
      level: 'WARN',
      method: 'publishStream',
      wcsStatus: 'PENDING',
      outcome: 'denied',
      status: 403,
      reason: 'token: expired',
      sub: 'alice',
    });
    expect(shortLine(denied, plain)).toBe(
      `${clock} publishStream PENDING b4e7 DENIED 403 token: expired sub alice 29 ms`,
    );
    expect(shortLine(denied, painted)).toMatch(/ <red>publishStream .* 29 ms<\/red>$/);

    const failed = hook({ level: 'ERROR', outcome: 'failed', status: 503, cause: 'StoreError: not taken < Error: x' });
    expect(shortLine(failed, painted)).toBe(
      `${clock} <red>StreamStatusEvent PUBLISHING b4e7 FAILED 503 (not taken < Error: x) 29 ms</red>`,
    );

    const parked = hook({ level: 'WARN', outcome: 'parked', cause: 'x'.repeat(300) });
    expect(shortLine(parked, painted)).toMatch(/ <yellow>StreamStatusEvent PUBLISHING b4e7 PARKED \(x{99}…\) 29 ms</);
  });

  it('names what has no name by the beginning of its id, a session by its address', () => {
    const { name: _, ...nameless } = hook({ wcsStatus: undefined });
    expect(shortLine(nameless, plain)).toBe(`${clock} StreamStatusEvent 56141d10 applied 29 ms`);
    const session = { ...nameless, method: 'connect', id: '/192.168.1.38:64604/192.168.1.101:8443' };
    expect(shortLine(session, plain)).toBe(`${clock} connect 192.168.1.38:64604 applied 29 ms`);
  });

  it('is short whatever its names are', () => {
    const line = shortLine(hook({ name: 'n'.repeat(256), wcsStatus: 's'.repeat(256), reason: 'r'.repeat(256) }), plain);
    expect(line?.length).toBeLessThan(200);
  });
});

describe('another line on a terminal', () => {
  const line = (fields: Record<string, unknown>) =>
    shortLine({ time: AT, level: 'INFO', message: 'sweep', ...fields }, plain);

  it('is left out where a sweep found nothing', () => {
    expect(line({ live: 3, lost: 0, ended: 0, failed: 0, milliseconds: 5 })).toBeUndefined();
    expect(line({ live: 2, lost: 1, ended: 0, failed: 0, milliseconds: 5 })).toBe(
      `${clock} sweep live 2 lost 1 ended 0 failed 0 5 ms`,
    );
    expect(line({ level: 'ERROR', live: 0, lost: 0, ended: 0, failed: 0, cause: 'gone' })).toContain('(gone)');
  });

  it('says what it is about', () => {
    expect(line({ message: 'replay', id: '56141d10-fddc-11e6', outcome: 'applied' })).toBe(
      `${clock} replay 56141d10 applied`,
    );
    expect(line({ level: 'ERROR', message: 'node silent', nodeId: 'node-1', live: 0, silentNodes: 1 })).toBe(
      `${clock} node silent nodeId node-1 live 0`,
    );
  });
});
