import { test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { delivery } from '../../support/sightings.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

/** As they came from the field: alice publishes, bob claims her id, WCS tells him that it is in use. */
const ALICE = { nodeId: 'n1@192.0.2.10', sessionId: '11111111-aaaa-4aaa-8aaa-000000000001', name: 'alice-1' };
const BOB = { nodeId: 'n1@192.0.2.10', sessionId: '22222222-bbbb-4bbb-8bbb-000000000002', name: 'bob-1' };
const OTHER_NODE = { nodeId: 'nB@192.0.2.12', sessionId: 's-B', name: 'other' };
const STREAM = { appKey: 'defaultApp', mediaSessionId: 'alice-stream', published: true };

const SETTINGS = { ...WITH_SECRET, STOP_STREAMS: 'true' };
const tokenOfAlice = await signToken({ claims: { sub: 'alice', publish: ['alice-*'], maxDuration: 60 } });
const tokenOfBob = await signToken({ claims: { sub: 'bob', publish: ['bob-*'], maxDuration: 1 } });
const worthless = await signToken({ claims: { sub: 'bob', publish: [] } });

interface Sent {
  readonly method: string;
  readonly second: number;
  readonly body: Record<string, unknown>;
}
const from = (who: object, method: string, second: number, fields: object = {}): Sent => ({
  method,
  second,
  body: { ...STREAM, ...who, ...fields },
});
const claim = (who: object, token: string, second: number) =>
  from(who, 'publishStream', second, { status: 'PENDING', custom: { token } });
const live = (who: object, second: number) => from(who, 'StreamStatusEvent', second, { status: 'PUBLISHING' });
const keptAlive = (who: object, second: number) => from(who, 'StreamKeepAliveEvent', second, { status: 'PUBLISHING' });
const failed = (who: object, second: number, info = 'MediaSessionId is already in use') =>
  from(who, 'StreamStatusEvent', second, { status: 'FAILED', info });

type Hooks = ReturnType<typeof hooksUnderTest>;

async function play(hooks: Hooks, sent: readonly Sent[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const { method, second, body } of sent) {
    const { statusCode } = await hooks.send({ method, body: JSON.stringify(body), at: (NOW + second) * 1000 });
    statuses.push(statusCode ?? 0);
  }
  return statuses;
}

const shown = (hooks: Hooks) => {
  const { rivals: _, ...row } = hooks.memory.rows.get(STREAM.mediaSessionId) ?? {};
  return row;
};
const outcome = (hooks: Hooks) => hooks.lines().at(-1)?.['outcome'];

describe("somebody else's id", () => {
  it('that is claimed neither stops its stream nor changes its row, and the claim is denied and reported', async () => {
    const alice = [claim(ALICE, tokenOfAlice, 0), live(ALICE, 1)];
    const hooks = hooksUnderTest(SETTINGS);
    expect(await play(hooks, alice)).toEqual([200, 200]);
    expect(await play(hooks, [claim(BOB, tokenOfBob, 2)])).toEqual([403]);
    expect(hooks.lines().at(-1)).toMatchObject({ level: 'WARN', outcome: 'id in use', sub: 'bob' });
    expect(await play(hooks, [failed(BOB, 3), keptAlive(ALICE, 5)])).toEqual([200, 200]);

    const alone = hooksUnderTest(SETTINGS);
    await play(alone, [...alice, keptAlive(ALICE, 5)]);
    expect(shown(hooks)).toEqual(shown(alone));
    expect(shown(hooks)).toMatchObject({ sub: 'alice', name: 'alice-1', phase: 'live', stopAt: iso(60) });
    // Her own time still counts.
    expect(await play(hooks, [keptAlive(ALICE, 61)])).toEqual([403]);
  });

  it('that a denied client claims shows no denial, and its failure ends nothing', async () => {
    const hooks = hooksUnderTest(SETTINGS);
    const sent = [
      claim(ALICE, tokenOfAlice, 0),
      live(ALICE, 1),
      claim(BOB, worthless, 2),
      failed(BOB, 3, 'Rest hook denied it'),
    ];
    expect(await play(hooks, sent)).toEqual([200, 200, 403, 200]);
    expect(shown(hooks)).toMatchObject({ phase: 'live', sub: 'alice' });
    expect(shown(hooks)).not.toHaveProperty('denied');
  });

  it('that was claimed before its stream was there is its stream’s all the same, with its maximum duration', async () => {
    const hooks = hooksUnderTest(SETTINGS);
    expect(await play(hooks, [claim(BOB, tokenOfBob, 0), claim(ALICE, tokenOfAlice, 1)])).toEqual([200, 200]);
    expect(await play(hooks, [live(ALICE, 2), failed(BOB, 3), keptAlive(ALICE, 30)])).toEqual([200, 200, 200]);
    expect(shown(hooks)).toMatchObject({ sub: 'alice', name: 'alice-1', phase: 'live', stopAt: iso(61) });
    expect(await play(hooks, [keptAlive(ALICE, 61)])).toEqual([403]);
  });

  it('without a policy is reported, and WCS alone decides the claim', async () => {
    const hooks = hooksUnderTest();
    expect(await play(hooks, [live(ALICE, 1), claim(BOB, 'any', 2)])).toEqual([200, 200]);
    expect(outcome(hooks)).toBe('id in use');
    await play(hooks, [failed(BOB, 3)]);
    expect(shown(hooks)).toMatchObject({ phase: 'live', name: 'alice-1', lastSeenAt: iso(1) });
  });

  it('does not end it: another node’s stream of the same id ends alone, and both are reported at once', async () => {
    const hooks = hooksUnderTest();
    await play(hooks, [live(ALICE, 1), live(OTHER_NODE, 2)]);
    expect(outcome(hooks)).toBe('id in use');
    await play(hooks, [from(OTHER_NODE, 'StreamStatusEvent', 3, { status: 'UNPUBLISHED', info: 'Stopped by user' })]);
    expect(outcome(hooks)).toBe('id in use');
    expect(await play(hooks, [keptAlive(ALICE, 4)])).toEqual([200]);
    expect(shown(hooks)).toMatchObject({ phase: 'live', name: 'alice-1', lastSeenAt: iso(4) });
  });

  it('lives on for a client that uses it after its end, by its own time, and that is reported', async () => {
    const hooks = hooksUnderTest(SETTINGS);
    const ended = from(ALICE, 'StreamStatusEvent', 2, { status: 'UNPUBLISHED' });
    expect(await play(hooks, [live(ALICE, 1), ended, claim(BOB, tokenOfBob, 3), live(BOB, 4)])).toEqual(
      Array<number>(4).fill(200),
    );
    expect(outcome(hooks)).toBe('live after end');
    expect(shown(hooks)).toMatchObject({ phase: 'ended', name: 'alice-1' });
    expect(await play(hooks, [keptAlive(BOB, 4), keptAlive(BOB, 5)])).toEqual([403, 403]);
  });

  it('is nobody’s where players by URL come from changing addresses', async () => {
    const hooks = hooksUnderTest(SETTINGS);
    const player = await signToken({ claims: { play: ['test'] } });
    for (const [second, port] of [1, 2, 3].entries()) {
      const who = { sessionId: `/198.51.100.8:4000${port}/192.0.2.10:8445`, nodeId: 'n1', name: 'test' };
      for (const method of ['playHLS', 'playRTSP']) {
        const played = { mediaSessionId: `h-1-test-${method}`, published: undefined, custom: { token: player } };
        expect(await play(hooks, [from(who, method, second, played)])).toEqual([200]);
      }
    }
    expect(hooks.memory.rows.get('h-1-test-playHLS')).toMatchObject({ phase: 'starting', name: 'test', sub: 'alice' });
    expect(hooks.memory.rows.get('h-1-test-playHLS')).not.toHaveProperty('rivals');
  });

  const hers = [claim(ALICE, tokenOfAlice, 0), live(ALICE, 1), keptAlive(ALICE, 5), keptAlive(ALICE, 9)];
  const his = [claim(BOB, tokenOfBob, 0), claim(BOB, worthless, 2), failed(BOB, 2), failed(BOB, 3, 'Failed by ICE')];
  test.prop([delivery([...hers, ...his])], { numRuns: propertyRuns(60) })(
    'in any order and repetition: her row and what she is answered are the same with and without him',
    async (sent) => {
      const [both, alone] = [hooksUnderTest(SETTINGS), hooksUnderTest(SETTINGS)];
      const own = sent.filter(({ body }) => body['sessionId'] === ALICE.sessionId);
      const answers = await play(both, sent);
      const isHers = (_: number, n: number) => sent[n]?.body['sessionId'] === ALICE.sessionId;
      expect(answers.filter(isHers)).toEqual(await play(alone, own));
      expect(shown(both)).toEqual(shown(alone));
    },
  );
});

describe('an address that two nodes give to their clients', () => {
  it('lends each of them its own rights, whoever connected last', async () => {
    const sessionId = '/10.0.0.2:1/10.0.0.1:2';
    const hooks = hooksUnderTest({ ...WITH_SECRET, TOKEN_FOR: 'publish' });
    const session = { appKey: 'defaultApp', sessionId };
    const connect = (nodeId: string, token: string, second: number) =>
      play(hooks, [{ method: 'connect', second, body: { ...session, nodeId, custom: { token } } }]);
    const publish = (nodeId: string, name: string) =>
      play(hooks, [
        { method: 'publishStream', second: 5, body: { ...session, nodeId, name, mediaSessionId: nodeId + name } },
      ]);
    await connect('A', tokenOfAlice, 0);
    await connect('B', tokenOfBob, 1);
    expect(await publish('A', 'alice-1')).toEqual([200]);
    expect(await publish('B', 'bob-1')).toEqual([200]);
    expect(await publish('A', 'bob-1')).toEqual([403]);
    expect(await publish('B', 'alice-1')).toEqual([403]);
    expect(await publish('C', 'alice-1')).toEqual([403]);
  });
});

function iso(second: number): string {
  return new Date((NOW + second) * 1000).toISOString();
}
