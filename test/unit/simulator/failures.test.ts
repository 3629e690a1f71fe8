import { describe, expect, it } from 'vitest';
import { createFailures } from '../../simulator/failures.ts';
import type { Answer } from '../../simulator/wcs.ts';

const answer = (status: number | string, more: Partial<Answer> = {}): Answer => ({
  ...{ method: 'connect', status, acknowledged: false, milliseconds: 1, fields: undefined },
  ...more,
});

describe('hooks that were not acknowledged', () => {
  it('are not mentioned if there are none', () => {
    const failures = createFailures();
    failures.add(answer(200, { acknowledged: true }));
    expect(failures.notices(1)).toEqual([]);
  });

  it('are counted, and each kind is explained once', () => {
    const failures = createFailures();
    failures.add(answer(403, { policy: 'token' }));
    failures.add(answer(403, { policy: 'token', method: 'publishStream' }));
    failures.add(answer(403, { policy: 'own' }));
    failures.add(answer(403));
    failures.add(answer(200));
    failures.add(answer(503));
    failures.add(answer(503));
    failures.add(answer('ECONNRESET'));
    const [count, ...findings] = failures.notices(20);
    expect(count).toBe('8 of 20 hooks were not acknowledged: 4 answered 403, 4 failed otherwise.');
    expect(findings.map((text) => text.split('\n')[0])).toEqual([
      'problem   connect, publishStream: denied by the policy token',
      'problem   connect: denied by the policy own',
      'problem   connect: the answer was 403',
      'problem   connect: the answer is not the hook',
      'problem   connect: the answer was 503',
      'problem   connect: no connection (ECONNRESET)',
    ]);
    expect(findings[0]).toContain('--token TOKEN');
    for (const finding of findings) expect(finding).toMatch(/\n {10}[^ >].*\n {10}> /);
  });
});
