import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createReplay } from '../../../lib/jobs/replay.ts';
import type { Line } from '../../../lib/platform/log.ts';
import { sightingOf } from '../../../lib/state/sighting-of.ts';
import { toMessage } from '../../../lib/store/parked-message.ts';
import { StoreError } from '../../../lib/store/store.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { testSettings } from '../../support/settings.ts';

function replayUnderTest() {
  const memory = createMemoryStore(testSettings());
  const dead: { body: string; reason: string }[] = [];
  const lines: Line[] = [];
  const control = { deadLettersFail: false };
  const replay = createReplay({
    store: memory.store,
    deadLetters: (body, reason) => {
      if (control.deadLettersFail) return Promise.reject(new Error('no queue'));
      dead.push({ body, reason });
      return Promise.resolve();
    },
    log: (line) => lines.push(line),
  });
  return { memory, dead, lines, control, replay: (...bodies: string[]) => replay(eventOf(bodies)) };
}
const eventOf = (bodies: string[]) =>
  ({ Records: bodies.map((body, n) => ({ messageId: `m${n}`, body })) }) as SQSEvent;

const parked = (id: string, status = 'PUBLISHING') =>
  toMessage(sightingOf('StreamStatusEvent', { mediaSessionId: id, status }, 1000) ?? expect.fail(), 'r');

describe('replay', () => {
  it('brings parked sightings into their rows', async () => {
    const { replay, memory, lines } = replayUnderTest();
    expect(await replay(parked('a'), parked('b'), parked('a', 'UNPUBLISHED'))).toEqual({ batchItemFailures: [] });
    expect(memory.rows.get('a')).toMatchObject({ phase: 'ended', lastSeenAt: '1970-01-01T00:00:01.000Z' });
    expect(memory.rows.get('b')).toMatchObject({ phase: 'live' });
    expect(lines[0]).toMatchObject({ message: 'replay', fields: { id: 'a', requestId: 'r', outcome: 'applied' } });
  });

  it('brings parked calls into their rows, too', async () => {
    const { replay, memory } = replayUnderTest();
    const body = { callId: 'c', sessionId: 's', nodeId: 'n' };
    const messages = (
      [
        ['CallStatusEvent', { status: 'FINISH' }, 9500],
        ['CallStatusEvent', { status: 'ESTABLISHED' }, 2000],
        ['transfer', { target: '1003' }, 3000],
        ['call', { callee: '1002' }, 1000],
      ] as const
    ).map(([method, fields, at]) => toMessage(sightingOf(method, { ...body, ...fields }, at) ?? expect.fail(), 'r'));
    expect(await replay(...messages)).toEqual({ batchItemFailures: [] });
    expect(memory.calls.get('c')).toMatchObject({
      ...{ phase: 'ended', callee: '1002', talkSeconds: 7.5, transferTarget: '1003', sessionId: 's' },
    });
  });

  it('reports exactly those that the store did not take', async () => {
    const { replay, memory, lines } = replayUnderTest();
    const upsert = memory.store.upsert.bind(memory.store);
    memory.store.upsert = (sighting) =>
      sighting.id === 'bad'
        ? Promise.reject(new StoreError('no', { cause: new Error('throttled') }))
        : upsert(sighting);
    expect(await replay(parked('a'), parked('bad'), parked('b'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }],
    });
    expect([...memory.rows.keys()]).toEqual(['a', 'b']);
    expect(lines.find(({ fields }) => fields['outcome'] === 'failed')?.fields['cause']).toContain('throttled');
  });

  it('moves to the dead letters at once what can never be applied, with its reason', async () => {
    const { replay, memory, dead, lines } = replayUnderTest();
    const invalid = new StoreError('no', {
      cause: new Error('One or more parameter values were invalid'),
      isFinal: true,
    });
    memory.store.upsert = () => Promise.reject(invalid);
    expect(await replay('not json', '{"v":2}', parked('a'))).toEqual({ batchItemFailures: [] });
    expect(dead.map(({ body }) => body).sort()).toEqual([parked('a'), 'not json', '{"v":2}'].sort());
    expect(dead.map(({ reason }) => reason).join()).toContain('parameter values were invalid');
    expect(lines.every(({ level, fields }) => level === 'ERROR' && fields['outcome'] === 'dead letter')).toBe(true);
  });

  it('keeps a message in the queue that the dead letters do not take either', async () => {
    const { replay, control } = replayUnderTest();
    control.deadLettersFail = true;
    expect(await replay('not json', parked('a'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  });

  it('keeps a message in the queue that DynamoDB will always reject while the dead-letter queue does not accept it', async () => {
    const { replay, control, memory, lines } = replayUnderTest();
    memory.store.upsert = () => Promise.reject(new StoreError('no', { cause: new Error('invalid'), isFinal: true }));
    control.deadLettersFail = true;
    expect(await replay(parked('a'), 'not json')).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm1' }],
    });
    expect(lines.map(({ fields }) => fields['outcome'])).toEqual(['failed', 'failed']);
    control.deadLettersFail = false;
    expect(await replay(parked('a'), 'not json')).toEqual({ batchItemFailures: [] });
  });

  it('is one line for each message, whose level says who has to do something', async () => {
    const { replay, memory, lines } = replayUnderTest();
    const upsert = memory.store.upsert.bind(memory.store);
    memory.store.upsert = (sighting) =>
      sighting.id === 'busy' ? Promise.reject(new StoreError('no', { cause: new Error('busy') })) : upsert(sighting);
    await replay(parked('a'), parked('busy'), 'SECRET');
    const about = { message: 'replay', metrics: { replays: 1 }, dimension: 'outcome' };
    expect(lines.sort((a, b) => String(a.fields['messageId']).localeCompare(String(b.fields['messageId'])))).toEqual([
      { ...about, level: 'INFO', fields: { messageId: 'm0', id: 'a', requestId: 'r', outcome: 'applied' } },
      {
        ...about,
        level: 'WARN',
        fields: {
          ...{ messageId: 'm1', id: 'busy', requestId: 'r', outcome: 'failed' },
          cause: 'StoreError: no < Error: busy',
        },
      },
      {
        ...about,
        level: 'ERROR',
        fields: { messageId: 'm2', outcome: 'dead letter', cause: 'the message is not JSON' },
      },
    ]);
  });

  it('does not lose what a bug of ours throws on', async () => {
    const { replay, memory } = replayUnderTest();
    memory.store.upsert = () => Promise.reject(new TypeError('a bug'));
    expect(await replay(parked('a'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  });
});
