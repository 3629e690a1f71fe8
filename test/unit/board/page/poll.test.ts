import { describe, expect, it } from 'vitest';
import { createPoller, nextDelay, type Clock } from '../../../../lib/board/page/poll.ts';

/** Time that a test turns on. */
function createTime() {
  let now = 0;
  let due: { at: number; run: () => void } | undefined;
  const clock: Clock = {
    now: () => now,
    later(milliseconds, run) {
      const mine = (due = { at: now + milliseconds, run });
      return () => {
        if (due === mine) due = undefined;
      };
    },
  };
  return {
    clock,
    waits: () => due && due.at - now,
    take(milliseconds: number) {
      now += milliseconds;
    },
    async passes() {
      const { at, run } = due ?? { at: now, run: () => {} };
      due = undefined;
      now = at;
      run();
      await settled();
    },
  };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the delay', () => {
  it('is 3 s, or twice what the answer took', () => {
    expect(nextDelay(0, 100)).toBe(3000);
    expect(nextDelay(0, 4000)).toBe(8000);
    expect(nextDelay(0, 60_000)).toBe(30_000);
  });
  it('doubles with each failure, to half a minute', () => {
    expect([1, 2, 3, 4, 5, 5000].map((failures) => nextDelay(failures, 0))).toEqual([
      ...[6000, 12_000, 24_000, 30_000, 30_000, 30_000],
    ]);
  });
});

describe('the poller', () => {
  function start(...outcomes: ('ok' | 'failed' | 'final')[]) {
    const time = createTime();
    let asked = 0;
    const poller = createPoller(() => Promise.resolve(outcomes[asked++] ?? 'ok'), time.clock);
    return { time, poller, asked: () => asked };
  }

  it('asks again and again, later after failures, and as before after an answer', async () => {
    const { time, poller, asked } = start('ok', 'failed', 'failed', 'ok');
    poller.watch(true);
    await settled();
    const waits = [time.waits()];
    for (let round = 0; round < 4; round++) {
      await time.passes();
      waits.push(time.waits());
    }
    expect(waits).toEqual([3000, 6000, 12_000, 3000, 3000]);
    expect(asked()).toBe(5);
  });

  it('leaves a final answer alone until somebody wants it anew', async () => {
    const { time, poller, asked } = start('final');
    poller.watch(true);
    await settled();
    expect([time.waits(), asked()]).toEqual([undefined, 1]);
    poller.again();
    await settled();
    expect([time.waits(), asked()]).toEqual([3000, 2]);
  });

  it('pauses while nobody looks, and asks at once when somebody does', async () => {
    const { time, poller, asked } = start();
    poller.watch(true);
    await settled();
    poller.watch(false);
    expect(time.waits()).toBeUndefined();
    poller.watch(true);
    await settled();
    expect([time.waits(), asked()]).toEqual([3000, 2]);
  });

  it('stops when an answer comes after nobody looks anymore, or after its end', async () => {
    for (const leave of ['watch', 'stop'] as const) {
      const { time, poller, asked } = start();
      poller.watch(true);
      poller[leave](false);
      await settled();
      expect([time.waits(), asked()]).toEqual([undefined, 1]);
    }
  });

  it('asks once at a time, and never twice for one round', async () => {
    const { time, poller, asked } = start();
    poller.again();
    poller.again();
    await settled();
    expect(asked()).toBe(1);
    poller.again();
    await settled();
    await time.passes();
    expect(asked()).toBe(3);
    expect(time.waits()).toBe(3000);
  });

  it('leaves a slow backend alone for twice as long as it took', async () => {
    const time = createTime();
    const poller = createPoller(() => {
      time.take(5000);
      return Promise.resolve('ok');
    }, time.clock);
    poller.again();
    await settled();
    expect(time.waits()).toBe(10_000);
  });
});
