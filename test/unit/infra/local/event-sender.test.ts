import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { sendEvents } from '../../../../infra/local/event-sender.ts';
import type { Envelope, KeptEvent } from '../../../../infra/local/event-store.ts';

/** `a1 a2 b1`: each event is named by its subject and its number. */
function outbox(names: readonly string[]) {
  const events = new Map<number, KeptEvent>();
  const add = (name: string) => {
    const position = events.size + 1;
    const event = { id: name, 'detail-type': '', time: '', detail: {} };
    events.set(position, { position, id: name, subject: name.charAt(0), at: 0, event });
  };
  names.forEach((name) => add(name));
  const settled = new Set<number>();
  return {
    add,
    giveUp: (name: string) =>
      [...events.values()].filter(({ id }) => id === name).forEach(({ position }) => events.delete(position)),
    left: () => [...events.keys()].filter((position) => !settled.has(position)).length,
    store: {
      waiting: (position: number, limit: number) =>
        [...events.values()].filter((one) => one.position > position && !settled.has(one.position)).slice(0, limit),
      at: (position: number) => events.get(position),
      settle: (position: number) => void settled.add(position),
    },
  };
}

/** Runs until nothing is left, or until a time; `takes` is the receiver. */
async function run(
  { store, left }: ReturnType<typeof outbox>,
  takes: (event: Envelope, now: number) => boolean,
  until = Infinity,
) {
  const controller = new AbortController();
  let now = 0;
  const attempts: string[] = [];
  const taken: string[] = [];
  const said: string[] = [];
  const send = (event: Envelope) => {
    attempts.push(event.id);
    if (!takes(event, now)) return Promise.reject(new Error('it answered 500'));
    taken.push(event.id);
    return Promise.resolve();
  };
  const sleep = (milliseconds: number) => {
    now += milliseconds;
    if (left() === 0 || now >= until) controller.abort();
    return Promise.resolve();
  };
  const circumstances = { send, sleep, now: () => now, say: (text: string) => void said.push(text) };
  await sendEvents(store, circumstances, controller.signal);
  return { taken, attempts, said, now };
}

describe('the sender of events', () => {
  it('sends what waits in the order in which it came, each once', async () => {
    const names = ['a1', 'b1', 'a2', 'c1', 'b2', ...Array.from({ length: 250 }, (_, n) => `d${n}`)];
    const { taken, attempts, said } = await run(outbox(names), () => true);
    expect(taken).toEqual(names);
    expect(attempts).toEqual(names);
    expect(said).toEqual([]);
  });

  it('keeps the order of a subject whose event is not taken, and does not let the others wait for it', async () => {
    const { taken, said } = await run(outbox(['a1', 'a2', 'b1', 'a3', 'b2']), (event, now) =>
      event.id === 'a1' ? now >= 60_000 : true,
    );
    expect(taken).toEqual(['b1', 'b2', 'a1', 'a2', 'a3']);
    expect(said).toEqual([
      'EVENTS_URL did not accept an event of a (it answered 500). It will be retried.',
      'EVENTS_URL accepts events again.',
    ]);
  });

  it('tries rarer and rarer what is never taken, until it is given up, and goes on with its subject', async () => {
    const box = outbox(['a1', 'b1', 'a2']);
    const day = 24 * 3_600_000;
    const { taken, attempts, now } = await run(box, (event, now) => {
      if (now > day) box.giveUp('a1');
      return event.id !== 'a1';
    });
    expect(taken).toEqual(['b1', 'a2']);
    expect(now).toBeGreaterThan(day);
    // Each half a minute, in the long run.
    expect(attempts.filter((id) => id === 'a1').length).toBeLessThan(day / 30_000 + 20);
  });

  it('does not ask a receiver that is away more than every five seconds, and gives it all when it is back', async () => {
    // Each of another subject.
    const names = Array.from({ length: 500 }, (_, n) => `${String.fromCharCode(0x4e00 + n)}1`);
    const back = 3_600_000;
    const { taken, attempts, said, now } = await run(outbox(names), (_, now) => now >= back);
    expect(taken.toSorted()).toEqual(names.toSorted());
    expect(attempts.length - names.length).toBeLessThan((back / 5000) * 2 + 20);
    expect(now - back).toBeLessThan(60_000);
    expect(said).toEqual([
      'EVENTS_URL did not accept an event of \u4e00 (it answered 500). It will be retried.',
      'EVENTS_URL accepts events again.',
    ]);
  });

  it('takes up what comes later', async () => {
    const box = outbox(['a1']);
    const { taken } = await run(box, (event) => {
      if (event.id === 'a1') box.add('a2');
      return true;
    });
    expect(taken).toEqual(['a1', 'a2']);
  });

  test.prop([
    fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 }),
    fc.array(fc.boolean(), { maxLength: 60 }),
  ])('loses nothing and keeps the order of each subject, whatever the receiver takes', async (subjects, answers) => {
    const names = subjects.map((subject, n) => `${subject}${n}`);
    let n = 0;
    const { taken } = await run(outbox(names), () => answers[n++] ?? true);
    expect(taken).toHaveLength(names.length);
    for (const subject of ['a', 'b', 'c', 'd']) {
      const of = (all: readonly string[]) => all.filter((name) => name.startsWith(subject));
      expect(of(taken)).toEqual(of(names));
    }
  });
});
