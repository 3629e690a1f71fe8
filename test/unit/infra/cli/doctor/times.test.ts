import { describe, expect, it, vi } from 'vitest';
import { TIMEOUT } from '../../../../../infra/cli/doctor/gateway.ts';
import { checkClock, checkLatency, latencyOf, percentile } from '../../../../../infra/cli/doctor/times.ts';
import { noReply, reply } from '../../../../support/replies.ts';

describe('the doctor measures', () => {
  const taking = (...milliseconds: number[]) => milliseconds.map((one) => ({ ...reply(200), milliseconds: one }));

  it('the share of hooks that were no slower', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => n + 1);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([7], 0.5), percentile([], 0.5)]).toEqual([
      50, 99, 7, 0,
    ]);
    expect(latencyOf(taking(...hundred.toReversed()), 'x').found).toBe('p50 50 ms, p99 99 ms (x)');
    expect(latencyOf(taking(9, 100, 20), 'x').found).toBe('p50 20 ms, p99 100 ms (x)');
  });

  it('a slow backend by the hooks for which there is time, and says how many they were', async () => {
    let now = 0;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now);
    const post = () => Promise.resolve({ ...reply(200), milliseconds: (now += 9000) });
    const { found } = await checkLatency(post, 50, 'without a row');
    clock.mockRestore();
    expect(found).toContain('(3 of 50 probes in time, without a row)');
  });

  it('no time where one hook failed', () => {
    for (const failed of [reply(500), reply(201), noReply(TIMEOUT)]) {
      const finding = latencyOf([...taking(1, 1), failed], '3 probes');
      expect(finding).toMatchObject({
        level: 'problem',
        found: expect.stringContaining('1 of 3 probes failed') as string,
      });
    }
  });

  it.each([
    [1999, 'ok', '2.0 s apart'],
    [2000, 'warning', '2.0 s behind'],
    [60_000, 'warning', '60.0 s behind'],
    [60_001, 'problem', '60.0 s behind'],
    [-1999, 'ok', '2.0 s apart'],
    [-2000, 'warning', '2.0 s ahead of'],
    [-60_001, 'problem', '60.0 s ahead of'],
  ] as const)('a clock that is %i ms behind the row’s: %s', (behind, level, found) => {
    const sentAt = 1_000_000;
    const answeredAt = sentAt + 500;
    const at = behind > 0 ? answeredAt + behind : sentAt + behind;
    const findings = [
      ...checkClock({ ...reply(200), sentAt, answeredAt }, { firstSeenAt: new Date(at).toISOString() }),
    ];
    expect(findings).toMatchObject([{ level, found: expect.stringContaining(found) as string }]);
  });

  it('a clock by the row rather than by the header Date, which has whole seconds only', () => {
    const headers = { date: new Date(0).toUTCString() };
    const clock = (sentAt: number, row?: { firstSeenAt: string }) =>
      [...checkClock({ ...reply(200, '', headers), sentAt, answeredAt: sentAt + 10 }, row)].map(({ found }) => found);
    expect(clock(999)).toEqual(['0.0 s apart']);
    expect(clock(3999)).toEqual(['this machine is 3.0 s ahead of the gateway']);
    expect(clock(3999, { firstSeenAt: new Date(4000).toISOString() })).toEqual(['0.0 s apart']);
    expect([...checkClock(reply(200, '', {}), undefined)]).toEqual([]);
  });
});
