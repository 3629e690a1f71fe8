import { afterEach, describe, expect, it, vi } from 'vitest';
import { startDeadline } from '../../../lib/platform/deadline.ts';
import { DEADLINE_MS } from '../../../lib/store/budget.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';

describe('the deadline of a hook', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it('ends what is done in its name, and says so', () => {
    vi.useFakeTimers();
    const { signal } = startDeadline(2000);
    vi.advanceTimersByTime(1999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toMatchObject({ message: 'not done within 2000 ms' });
  });

  it('leaves nothing behind of a hook that went well', async () => {
    const [set, clear] = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'clearTimeout')];
    const { send } = hooksUnderTest();
    const { statusCode } = await send({
      method: 'StreamStatusEvent',
      body: '{"mediaSessionId":"m","status":"PUBLISHING"}',
    });
    expect(statusCode).toBe(200);
    const timers = set.mock.results.filter((_, n) => set.mock.calls[n]?.[1] === DEADLINE_MS);
    expect(timers).toHaveLength(1);
    expect(clear.mock.calls.map(([timer]) => timer as unknown)).toContain(timers[0]?.value);
  });
});
