/** What the code really writes for the stage `test`: each kind of line, by running what writes it. */
import type { Context, SQSEvent } from 'aws-lambda';
import { createChanges } from '../../lib/jobs/changes.ts';
import { createReplay } from '../../lib/jobs/replay.ts';
import { createSweep } from '../../lib/jobs/sweep.ts';
import { createLog } from '../../lib/platform/log.ts';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import { toMessage } from '../../lib/store/parked-message.ts';
import { createBanList } from '../../lib/store/ban-list.ts';
import type { LiveEntry, SweepStore } from '../../lib/store/store.ts';
import type { HookFunction } from '../../lib/http/hook-handler.ts';
import { TEST_STAGE } from './cloudformation.ts';
import { gatewayEvent } from './gateway-event.ts';
import { hooksUnderTest } from './hooks-under-test.ts';
import { createMemoryStore } from './memory-store.ts';
import { startParameterStore } from './parameter-store.ts';
import { REQUIRED, testSettings } from './settings.ts';
import { recordOf } from './stream-records.ts';
import { signToken, WITH_SECRET } from './tokens.ts';

export type WrittenLine = Readonly<Record<string, unknown>> & {
  readonly level: string;
  readonly message: string;
  readonly outcome?: string;
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
};

const parse = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as WrittenLine);

/** Hooks of every fate that the metrics tell apart, each a second after the other. */
export async function hookLines(): Promise<WrittenLine[]> {
  const open = hooksUnderTest({ IS_OFFLINE: 'true', ALLOWED_ORIGINS: 'https://example.com', STOP_STREAMS: 'true' });
  const tokens = hooksUnderTest(WITH_SECRET);
  const signed = hooksUnderTest({ HOOK_SECRET: 's3cret' });
  let at = 1_700_000_000_000;
  const sendTo =
    (hooks: typeof open) =>
    async (method: string, body: object, later = 1000) => {
      at += later;
      hooks.setNow(at);
      await hooks.send({ method, body: JSON.stringify({ nodeId: 'n', appKey: 'app', ...body }), at });
    };
  const send = sendTo(open);
  const stream = { mediaSessionId: 'X', status: 'PUBLISHING', name: 'x', published: true };
  await send('publishStream', { ...stream, status: 'PENDING', sessionId: '/10.0.0.1:1/10.0.0.2:2' });
  await send('StreamStatusEvent', stream);
  await send('StreamStatusEvent', { ...stream, status: 'UNPUBLISHED' });
  await send('StreamStatusEvent', stream, 600_000);
  await send('call', { callId: 'c', caller: 1 });
  await send('connect', { sessionId: '/10.0.0.1:3/10.0.0.2:4', origin: 'https://evil.example' });
  await send('newMethod', {});
  open.memory.down.store = true;
  await send('StreamStatusEvent', { ...stream, mediaSessionId: 'Y' });
  open.memory.down.queue = true;
  await send('StreamStatusEvent', { ...stream, mediaSessionId: 'Z' });
  const token = await signToken({ claims: { exp: at } });
  await sendTo(tokens)('connect', { sessionId: '/10.0.0.1:7/10.0.0.2:8', custom: { token } });
  const denied = { mediaSessionId: 'D', name: 'x', sessionId: '/10.0.0.1:5/10.0.0.2:6' };
  await sendTo(tokens)('publishStream', denied);
  await sendTo(tokens)('StreamStatusEvent', { ...denied, status: 'PUBLISHING' });
  const call = { callId: 'C', caller: '1001', callee: '1002', sessionId: '/10.0.0.1:5/10.0.0.2:6' };
  await sendTo(tokens)('call', { ...call, status: 'PENDING' });
  await sendTo(tokens)('CallStatusEvent', { ...call, status: 'FAILED', sipStatus: 404, info: 'Not Found' });
  await sendTo(tokens)('TransferStatusEvent', { ...call, status: 'FAILED', target: '1003' });
  tokens.memory.down.store = true;
  // Play fails open; publish does not.
  await sendTo(tokens)('playStream', { mediaSessionId: 'P', name: 'x', sessionId: '/10.0.0.1:5/10.0.0.2:6' });
  await sendTo(tokens)('publishStream', { mediaSessionId: 'Q', name: 'x', sessionId: '/10.0.0.1:5/10.0.0.2:6' });
  await sendTo(signed)('StreamStatusEvent', stream);
  return parse([...open.written, ...tokens.written, ...signed.written]);
}

const T0 = Date.parse('2026-01-01T00:00:00.000Z');

/** A sweep over a node that fell silent; a replay of what can be applied, cannot, and never can; and the same of changes. */
export async function jobLines(): Promise<WrittenLine[]> {
  const written: string[] = [];
  const now = () => T0 + 3_600_000;
  const log = createLog((line) => written.push(line), now, TEST_STAGE);
  const settings = testSettings();
  const memory = createMemoryStore(settings);
  const body = { mediaSessionId: 'S', status: 'PUBLISHING', nodeId: 'n', published: true };
  await memory.store.upsert(sightingOf('StreamKeepAliveEvent', body, T0) ?? never());
  const row = memory.rows.get('S') ?? {};
  const calling = { callId: 'C', status: 'ESTABLISHED', nodeId: 'n' };
  await memory.store.upsert(sightingOf('CallStatusEvent', calling, T0 - 3_600_000 * 48) ?? never());
  const call = memory.calls.get('C') ?? {};
  const entry: LiveEntry = { id: 'S', since: T0, role: 'publishing', nodeId: 'n', sessionId: undefined };
  const store: SweepStore = {
    livePages: async function* () {
      yield await Promise.resolve({ kind: 'stream', entries: [entry], from: 'a', next: 'b' } as const);
      yield { kind: 'call', entries: [{ ...entry, id: 'C', role: 'talking' }], from: 'b' } as const;
    },
    read: (kind) => Promise.resolve(new Map(kind === 'stream' ? [['S', row]] : [['C', call]])),
    update: () => Promise.resolve(undefined),
    loadCursor: () => Promise.resolve(undefined),
    saveCursor: () => Promise.resolve(),
  };
  await createSweep({ store, settings, log, now })();

  const replay = createReplay({ store: memory.store, deadLetters: () => Promise.resolve(), log });
  const message = toMessage(sightingOf('StreamStatusEvent', body, T0) ?? never(), 'r');
  const event = (text: string) => ({ Records: [{ messageId: 'm', body: text }] }) as SQSEvent;
  await replay(event(message));
  await replay(event('{}'));
  memory.down.store = true;
  await replay(event(message));

  let isAway = false;
  const bus = { put: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve([])) };
  const changes = createChanges({ bus, deadLetters: () => Promise.resolve(), log, now });
  const records = ['live', 'none'].map((phase, n) => recordOf('stream', 'S', n, undefined, { phase, revision: 1 }));
  await changes({ Records: records });
  // One of each class, and one that talked.
  const ends = [404, 503, 603, 'Unknown'].map((sipStatus) => ({ status: 'FAILED', sipStatus }));
  const talked = { status: 'FINISH', answeredAt: new Date(T0).toISOString(), talkSeconds: 60 };
  const callEnds = [...ends, talked].map((end, n) =>
    recordOf('call', `C${n}`, n, { phase: 'live', revision: 1 }, { phase: 'ended', ...end, revision: 2 }),
  );
  await changes({ Records: callEnds });
  isAway = true;
  await changes({ Records: records });
  return parse(written);
}

/** A function that cannot read the bans. */
export async function banLines(): Promise<WrittenLine[]> {
  const written: string[] = [];
  const now = () => T0;
  const log = createLog((line) => written.push(line), now, TEST_STAGE);
  await createBanList(() => Promise.reject(new Error('away')), { now, log }).current();
  return parse(written);
}

/** A function of a deployed stage whose parameters are not there yet. @param capture runs it, and gives what it printed */
export async function notReadyLines(capture: (run: () => Promise<void>) => Promise<string[]>): Promise<WrittenLine[]> {
  const parameters = await startParameterStore();
  const before = { ...process.env };
  Object.assign(process.env, {
    ...{ ...parameters.environment, ...REQUIRED, STAGE: TEST_STAGE, SECRETS_PATH: '/wcs-hooks/test' },
  });
  try {
    const lines = await capture(async () => {
      const { handler } = (await import('../../functions/incoming.ts')) as { handler: HookFunction };
      await handler(gatewayEvent({ method: 'OnMessageEvent', body: '{}' }), { awsRequestId: 'r' } as Context);
    });
    return parse(lines);
  } finally {
    process.env = before;
    await parameters.close();
  }
}

function never(): never {
  throw new Error('it is a sighting');
}

/** `wcs-hooks/test hooks outcome=denied`: a metric as CloudWatch takes it out of a line. */
export const metricsIn = (lines: readonly WrittenLine[]): ReadonlySet<string> =>
  new Set(
    lines.flatMap((line) =>
      (line._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
        Dimensions.flatMap((names) =>
          Metrics.map(({ Name }) =>
            [Namespace, Name, ...names.map((name) => `${name}=${String(line[name])}`)].join(' '),
          ),
        ),
      ),
    ),
  );
