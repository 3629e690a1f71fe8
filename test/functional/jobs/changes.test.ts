import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { createChanges } from '../../../lib/jobs/changes.ts';
import type { Line } from '../../../lib/platform/log.ts';
import type { ChangeEnvelope } from '../../../lib/state/change.ts';
import type { Row } from '../../../lib/state/row.ts';
import type { EventBus, Refusal } from '../../../lib/store/event-bus.ts';
import { schemaProblem } from '../../support/changes.ts';
import { recordOf } from '../../support/stream-records.ts';

const WRITTEN = 1_800_000_000;
const AT = '2027-01-15T08:00:00.000Z';

function changesUnderTest(lagSeconds = 5) {
  const puts: (readonly ChangeEnvelope[])[] = [];
  const dead: { letter: unknown; reason: string }[] = [];
  const lines: Line[] = [];
  const control: {
    refuse: (event: ChangeEnvelope) => Refusal | undefined;
    isAway: (events: readonly ChangeEnvelope[]) => boolean;
    hangs: boolean;
    deadLettersFail: boolean;
  } = { refuse: () => undefined, isAway: () => false, hangs: false, deadLettersFail: false };
  const bus: EventBus = {
    put(events, signal) {
      if (control.hangs)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      if (control.isAway(events)) return Promise.reject(new Error('connect ECONNREFUSED'));
      puts.push(events);
      return Promise.resolve(events.map((event) => control.refuse(event)));
    },
  };
  const handler = createChanges({
    bus,
    deadLetters: (body, reason) => {
      if (control.deadLettersFail) return Promise.reject(new Error('no queue'));
      dead.push({ letter: JSON.parse(body), reason });
      return Promise.resolve();
    },
    log: (line) => lines.push(line),
    now: () => (WRITTEN + lagSeconds) * 1000,
  });
  const run = async (...Records: DynamoDBRecord[]) =>
    (await handler({ Records })).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const told = () => puts.flat().map(({ detail }) => `${detail.mediaSessionId} ${detail.revision}`);
  return { puts, told, dead, lines, control, run };
}

const live = (revision: number, fields: Row = {}): Row => ({
  ...{ phase: 'live', status: 'PLAYING', live: 'playing', firstSeenAt: AT, startedAt: AT, lastSeenAt: AT, revision },
  ...fields,
});
const ended = (revision: number): Row => ({ ...live(revision), phase: 'ended', status: 'STOPPED', endedAt: AT });
const began = (id: string, n: number) => recordOf('stream', id, n, undefined, live(1));
const stopped = (id: string, n: number) => recordOf('stream', id, n, live(1), ended(2));
const renewed = (id: string, n: number) => recordOf('stream', id, n, live(1), live(2));

describe('changes', () => {
  it('publishes an event for each write that is news, with the time of the write', async () => {
    const { run, puts, lines } = changesUnderTest();
    const session = recordOf('session', 's', 3, undefined, { phase: 'starting', connectAt: AT, revision: 1 });
    expect(await run(began('a', 1), renewed('b', 2), session, recordOf('stream', 'c', 4, ended(2), undefined))).toEqual(
      [],
    );
    expect(puts).toEqual([
      [
        {
          ...{ source: 'wcs-hooks', 'detail-type': 'Stream State Change', time: AT, resources: [] },
          detail: expect.objectContaining({ event: 'live', mediaSessionId: 'a', revision: 1 }) as unknown,
        },
        expect.objectContaining({ 'detail-type': 'Session State Change' }),
      ],
    ]);
    for (const event of puts.flat()) expect(schemaProblem(event)).toBeUndefined();
    expect(lines).toEqual([
      expect.objectContaining({
        ...{ level: 'INFO', message: 'changes', metrics: { changesPublished: 2 } },
        fields: expect.objectContaining({ records: 4, lagSeconds: 5 }) as unknown,
      }),
    ]);
  });

  it('counts the calls that ended, those that failed by the class of their SIP status, and how long they talked', async () => {
    const { run, lines, control } = changesUnderTest();
    const end = (id: string, fields: Row, before: Row = live(1)) =>
      recordOf('call', id, 1, before, { phase: 'ended', endedAt: AT, revision: 2, ...fields });
    const answered = { status: 'FINISH', answeredAt: AT };
    await run(
      end('a', { ...answered, talkSeconds: 60.5 }),
      end('b', { ...answered, talkSeconds: 2 }),
      // Nobody answered, and the caller gave up.
      end('c', { status: 'FINISH', talkSeconds: 0 }),
      end('d', { status: 'BUSY', sipStatus: 486, talkSeconds: 0 }),
      end('e', { status: 'FAILED', sipStatus: 'SIP/2.0 404 Not Found', talkSeconds: 0 }),
      end('f', { status: 'FAILED', sipStatus: '503', talkSeconds: 0 }),
      end('g', { status: 'FAILED', talkSeconds: 0 }),
      // These have not ended just now, or are no calls.
      recordOf('call', 'h', 1, undefined, live(1)),
      recordOf('call', 'i', 1, undefined, { phase: 'denied', status: 'DENIED', revision: 1 }),
      end('j', { status: 'FAILED', sipStatus: 404 }, { phase: 'ended', status: 'FINISH', revision: 1 }),
      stopped('k', 2),
    );
    expect(lines).toMatchObject([
      {
        metrics: {
          ...{ changesPublished: 11, endedCalls: 7, answeredCalls: 2, talkSeconds: 62.5 },
          ...{ failedCalls: 4, failedCalls4xx: 2, failedCalls5xx: 1, failedCallsOther: 1 },
        },
      },
    ]);
    control.refuse = () => ({ isFinal: false, cause: 'busy' });
    await run(end('l', answered));
    expect(lines[1]?.metrics).toEqual({ changesPublished: 0, changesFailed: 1 });
  });

  it('writes no line, and asks for nothing, where nothing is news', async () => {
    const { run, puts, lines } = changesUnderTest();
    expect(await run(renewed('a', 1), recordOf('stream', '#sweep', 2, undefined, {}))).toEqual([]);
    expect([puts, lines]).toEqual([[], []]);
  });

  it('puts ten at most at once, and no two of one subject', async () => {
    const { run, puts, told } = changesUnderTest();
    const many = Array.from({ length: 12 }, (_, n) => began(`s${n}`, n));
    await run(...many, stopped('s11', 12), stopped('s0', 13));
    expect(puts.map((events) => events.length)).toEqual([10, 2, 2]);
    expect(told().slice(-4)).toEqual(['s10 1', 's11 1', 's11 2', 's0 2']);
    // A stream and a session of one id are two subjects.
    const other = changesUnderTest();
    await other.run(began('x', 1), recordOf('session', 'x', 2, undefined, { phase: 'live', revision: 1 }));
    expect(other.puts).toHaveLength(1);
  });

  it('puts no more than 256 KB at once', async () => {
    const { run, puts } = changesUnderTest();
    const large = (id: string, n: number) =>
      recordOf('stream', id, n, undefined, live(1, { info: 'x'.repeat(100_000) }));
    expect(await run(large('a', 1), large('b', 2), large('c', 3))).toEqual([]);
    expect(puts.map((events) => events.length)).toEqual([2, 1]);
  });

  it('reports the first that the bus did not take, and sends nothing after it', async () => {
    const { run, told, control, lines } = changesUnderTest();
    control.isAway = ([event]) => event?.detail.revision === 2;
    expect(await run(began('a', 1), stopped('a', 2), began('b', 3), stopped('b', 4))).toEqual(['2']);
    expect(told()).toEqual(['a 1']);
    expect(lines).toEqual([
      expect.objectContaining({
        ...{ level: 'WARN', metrics: { changesPublished: 1, changesFailed: 1 } },
        fields: expect.objectContaining({ id: 'a', cause: 'Error: connect ECONNREFUSED' }) as unknown,
      }),
    ]);
  });

  it('of a request that the bus took in part reports the first that it did not take', async () => {
    const { run, control } = changesUnderTest();
    control.refuse = ({ detail }) =>
      detail.mediaSessionId === 'b' ? { cause: 'ThrottlingException: slow down', isFinal: false } : undefined;
    expect(await run(began('a', 1), began('b', 2), began('c', 3), stopped('b', 4))).toEqual(['2']);
  });

  it('gives up what the bus will never accept, and continues', async () => {
    const { run, told, dead, control, lines } = changesUnderTest();
    control.refuse = ({ detail }) =>
      detail.mediaSessionId === 'b' ? { cause: 'MalformedDetail: no', isFinal: true } : undefined;
    expect(await run(began('a', 1), began('b', 2), began('c', 3), stopped('a', 4))).toEqual([]);
    expect(told()).toEqual(['a 1', 'b 1', 'c 1', 'a 2']);
    expect(dead).toEqual([
      {
        letter: {
          ...{ eventID: 'event-2', key: { mediaSessionId: { S: 'b' } }, sequenceNumber: '2', writtenAt: WRITTEN },
          eventSourceARN: expect.stringContaining('table/wcs-hooks-dev-streams/') as unknown,
        },
        reason: 'MalformedDetail: no',
      },
    ]);
    expect(lines[0]).toMatchObject({ level: 'ERROR', message: 'change given up', metrics: { changesGivenUp: 1 } });
    expect(lines[0]?.fields).toEqual({ id: 'b', cause: 'MalformedDetail: no' });
    expect(lines[1]?.metrics).toEqual({ changesPublished: 3 });
  });

  it('gives up after 23 hours what the bus does not take, with its key, before Lambda does', async () => {
    const [young, old] = [changesUnderTest(23 * 3600), changesUnderTest(23 * 3600 + 1)];
    for (const { control } of [young, old]) control.isAway = ([event]) => event?.detail.mediaSessionId !== 'c';
    expect(await young.run(began('a', 1), began('b', 2), stopped('b', 3))).toEqual(['1']);
    expect(young.dead).toEqual([]);
    // One of a batch that a failed one keeps back is as old.
    expect(await old.run(began('a', 1), began('b', 2), stopped('b', 3), began('c', 4), stopped('c', 5))).toEqual([]);
    expect(
      old.dead.map(({ letter, reason }) => [(letter as { sequenceNumber: string }).sequenceNumber, reason]),
    ).toEqual(['1', '2', '3', '4'].map((n) => [n, 'Error: connect ECONNREFUSED']));
    expect(old.dead[0]?.letter).toMatchObject({ key: { mediaSessionId: { S: 'a' } } });
    // Behind what is old comes what is not.
    const mixed = changesUnderTest(23 * 3600 + 1);
    mixed.control.refuse = () => ({ cause: 'busy', isFinal: false });
    const newer = recordOf('stream', 'b', 2, undefined, live(1), WRITTEN + 1);
    expect(await mixed.run(began('a', 1), newer)).toEqual(['2']);
    expect(mixed.dead).toHaveLength(1);
  });

  it('gives up nothing only because its own time is over', async () => {
    vi.useFakeTimers();
    const { run, dead, control } = changesUnderTest(24 * 3600);
    control.hangs = true;
    const failed = run(began('a', 1));
    await vi.advanceTimersByTimeAsync(40_000);
    vi.useRealTimers();
    expect([await failed, dead]).toEqual([['1'], []]);
  });

  it.each([
    ['of no phase that there is', recordOf('stream', 'bad', 2, undefined, live(1, { phase: 'lively' })), '"lively"'],
    [
      'over the size of an event',
      recordOf('stream', 'bad', 2, undefined, live(1, { stop: 'x'.repeat(300_000) })),
      '262144',
    ],
    ['of another table', { dynamodb: { Keys: { id: { S: 'bad' } }, SequenceNumber: '2' } }, 'none of our tables'],
  ])('gives up a record %s, once, in its place', async (_, poisoned, reason) => {
    const { run, told, dead, control } = changesUnderTest();
    expect(await run(began('a', 1), poisoned, began('c', 3))).toEqual([]);
    expect(told()).toEqual(['a 1', 'c 1']);
    expect(dead).toHaveLength(1);
    expect(dead[0]?.reason).toContain(reason);
    // Nothing behind one that comes again is given up: it comes again, too.
    control.isAway = () => true;
    expect(await run(began('a', 1), poisoned, began('c', 3))).toEqual(['1']);
    expect(dead).toHaveLength(1);
  });

  it('keeps a record that not even the dead letters take', async () => {
    const { run, control, lines } = changesUnderTest();
    control.deadLettersFail = true;
    const poisoned = recordOf('stream', 'bad', 2, undefined, live(1, { phase: 'lively' }));
    expect(await run(began('a', 1), poisoned, began('c', 3))).toEqual(['2']);
    expect(lines.map(({ message }) => message)).toEqual(['changes']);
    expect(lines[0]?.fields['cause']).toBe('Error: no queue');
    control.refuse = () => ({ cause: 'InvalidArgument', isFinal: true });
    expect(await run(began('a', 5))).toEqual(['5']);
  });
});
