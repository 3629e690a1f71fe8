import { DynamoDBClient, paginateScan, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsFile } from '../../infra/local/data-dir.ts';
import { KEPT_MS, openEvents } from '../../infra/local/event-store.ts';
import type { Change } from '../../lib/state/change.ts';
import { KINDS, type KindName } from '../../lib/state/row.ts';
import { toRow } from '../../lib/store/items.ts';
import { createRandom } from '../simulator/random.ts';
import { play } from '../simulator/run.ts';
import { SCENARIOS } from '../simulator/scenarios.ts';
import { createWcs } from '../simulator/wcs.ts';
import { newDataDir, startStack, type LocalStack } from '../support/local-stack.ts';
import { runScript } from '../support/run-script.ts';

interface Event {
  readonly id: string;
  readonly 'detail-type': string;
  readonly detail: Change;
}

/** A port at which nothing listens, until the receiver does. */
const received: Event[] = [];
const receiver = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const event = JSON.parse(body) as Event;
    // A poisoned subject: it must not keep the others back.
    const isRefused = event.detail.mediaSessionId === 'poison';
    if (!isRefused) received.push(event);
    response.writeHead(isRefused ? 400 : 204).end();
  });
});
const listen = (port: number) =>
  new Promise<number>((resolve) =>
    receiver.listen(port, '127.0.0.1', () => resolve((receiver.address() as AddressInfo).port)),
  );

const dataDir = newDataDir();
let stack: LocalStack;
let port: number;
beforeAll(async () => {
  port = await listen(0);
  await new Promise((resolve) => receiver.close(resolve));
  const kept = openEvents(eventsFile(dataDir));
  const old = { id: 'old', 'detail-type': 'Stream State Change', time: '2026-11-25T10:00:00Z', detail: {} };
  kept.add([{ id: 'old', subject: 'stream old', at: Date.now() - KEPT_MS - 1000, event: old }], true);
  kept.close();
  stack = await startStack({ dataDir, env: { EVENTS_URL: `http://127.0.0.1:${port}/events` } });
  expect(stack.output()).toContain('Given up: 1 event that EVENTS_URL did not accept within a day.');
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  expect(await stack.stop()).toEqual([]);
});

const idOf = ({ 'detail-type': type, detail }: Event) =>
  `${type} ${String(type.startsWith('Stream') ? detail.mediaSessionId : detail.sessionId)}`;

const clientOf = ({ ports }: LocalStack) =>
  new DynamoDBClient({
    region: 'x',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    endpoint: `http://127.0.0.1:${ports.DYNAMODB_PORT}`,
  });

/** The rows of both tables, by the subject of their events. */
async function rows() {
  const client = clientOf(stack);
  const found = new Map<string, ReturnType<typeof toRow>>();
  for (const [kind, type] of [
    ['stream', 'Stream State Change'],
    ['session', 'Session State Change'],
  ] as const satisfies [KindName, string][])
    for await (const page of paginateScan({ client }, { TableName: `wcs-hooks-local-${kind}s` }))
      for (const item of page.Items ?? []) found.set(`${type} ${item[KINDS[kind].key]?.S}`, toRow(item));
  client.destroy();
  return found;
}

/** What the last event of a subject says of its row. */
const FIELDS = ['phase', 'startedAt', 'endedAt'] as const;

describe('the events of the local stack', () => {
  it(
    'all arrive, in the order of each subject, though receiver, database and stack go down in between',
    { timeout: 90_000 },
    async () => {
      const { scripts } = SCENARIOS.reconnect[1]({ streams: 8, players: 1, keepAlives: 1 }, createRandom(16));
      const wcs = createWcs({ url: stack.url, timeout: 15_000, connections: 8 });
      const total = scripts.reduce((sum, script) => sum + script.length, 0);
      let sent = 0;
      await play(scripts, wcs, 8, (answer) => {
        expect(answer.acknowledged).toBe(true);
        // In the middle of writes.
        if (++sent === Math.floor(total / 2)) stack.kill('dynamodb.ts');
      });
      wcs.close();
      await stack.post('StreamStatusEvent', '{"mediaSessionId":"poison","status":"PUBLISHING","published":true}');
      await expect.poll(() => stack.parkedNow(), { timeout: 20_000 }).toBe(0);
      expect(stack.output()).toContain('EVENTS_URL did not accept an event of ');
      const before = await rows();
      expect(await stack.stop()).toEqual([]);
      expect(received).toEqual([]);

      await listen(port);
      stack = await startStack({ dataDir, ports: stack.ports, env: { EVENTS_URL: `http://127.0.0.1:${port}/events` } });
      const subjects = [...before.keys()].filter((subject) => !subject.endsWith(' poison'));
      const bySubject = () => Map.groupBy(received, idOf);
      const lastOf = (subject: string) => bySubject().get(subject)?.at(-1)?.detail;
      const behind = () =>
        subjects.filter((subject) => FIELDS.some((field) => lastOf(subject)?.[field] !== before.get(subject)?.[field]));
      await expect.poll(behind, { timeout: 30_000 }).toEqual([]);

      expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
      for (const subject of subjects) {
        const [row, events = []] = [before.get(subject) ?? {}, bySubject().get(subject)];
        // From phase to phase without a gap, up to where its row is.
        const phases = [undefined, ...events.map(({ detail }) => detail.phase)];
        expect(events.map(({ detail }) => detail.previousPhase)).toEqual(phases.slice(0, -1));
        const revisions = events.map(({ detail }) => detail.revision);
        expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
        for (const field of FIELDS) expect([subject, lastOf(subject)?.[field]]).toEqual([subject, row[field]]);
      }
    },
  );

  it('are printed, with those that were not taken', async () => {
    const environment = { ...process.env, DATA_DIR: dataDir };
    const { stdout, code } = await runScript('events', ['--once', '--json'], environment);
    const printed = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
    expect(code).toBe(0);
    const isPoison = (event: Event) => event.detail.mediaSessionId === 'poison';
    expect(printed.filter(isPoison)).toHaveLength(1);
    const ids = (events: readonly Event[]) => events.map(({ id }) => id).sort();
    expect(ids(printed.filter((event) => !isPoison(event)))).toEqual(ids(received));
  });

  it('include what somebody changed in the console', async () => {
    await stack.post('StreamStatusEvent', '{"mediaSessionId":"edited","status":"PUBLISHING","published":true}');
    const client = clientOf(stack);
    const Item = {
      mediaSessionId: { S: 'edited' },
      phase: { S: 'ended' },
      info: { S: 'by hand' },
      revision: { N: '9' },
    };
    await client.send(new PutItemCommand({ TableName: 'wcs-hooks-local-streams', Item }));
    client.destroy();
    const ofIt = () => received.filter(({ detail }) => detail.mediaSessionId === 'edited').map(({ detail }) => detail);
    await expect.poll(() => ofIt().length).toBe(2);
    expect(ofIt()[1]).toEqual({
      event: 'ended',
      phase: 'ended',
      previousPhase: 'live',
      mediaSessionId: 'edited',
      info: 'by hand',
      revision: 9,
    });
  });
});
