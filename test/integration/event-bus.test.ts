import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { envelopeOf, type ChangeEnvelope } from '../../lib/state/change.ts';
import { createEventBus, sizeOf } from '../../lib/store/event-bus.ts';

interface Entry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Time: number;
  readonly Detail: string;
}
type Answer = { readonly status?: number; readonly body: object };

const event = (id: string): ChangeEnvelope =>
  envelopeOf('stream', { event: 'live', phase: 'live', mediaSessionId: id, revision: 1 }, 1_800_000_000_000);
const idOf = ({ Detail }: Entry) => (JSON.parse(Detail) as { mediaSessionId: string }).mediaSessionId;
const taken = (entries: readonly Entry[]): Answer => ({
  body: { FailedEntryCount: 0, Entries: entries.map((_, n) => ({ EventId: String(n) })) },
});

describe('the bus, over HTTP', () => {
  let answer: (entries: readonly Entry[]) => Answer = taken;
  const asked: { target: string | undefined; entries: readonly Entry[] }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { Entries: entries } = JSON.parse(text) as { Entries: Entry[] };
      asked.push({ target: request.headers['x-amz-target']?.toString(), entries });
      const { status = 200, body } = answer(entries);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });
  beforeEach(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', `http://127.0.0.1:${port}`);
    for (const name of ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test');
    asked.length = 0;
    answer = taken;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    vi.unstubAllEnvs();
  });
  const put = (...events: ChangeEnvelope[]) =>
    createEventBus({ eventBus: 'wcs-hooks-dev' }).put(events, new AbortController().signal);

  it('gets events in their order, with their time', async () => {
    expect(await put(event('a'), event('b'))).toEqual([undefined, undefined]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.target).toBe('AWSEvents.PutEvents');
    expect(asked[0]?.entries.map(idOf)).toEqual(['a', 'b']);
    expect(asked[0]?.entries[0]).toEqual({
      ...{ EventBusName: 'wcs-hooks-dev', Source: 'wcs-hooks', DetailType: 'Stream State Change', Time: 1_800_000_000 },
      Detail: JSON.stringify(event('a').detail),
    });
  });

  it('says of each event that it did not accept whether it ever will', async () => {
    const codes = [
      'ThrottlingException',
      'InternalFailure',
      'AccessDeniedException',
      'MalformedDetail',
      'InvalidArgument',
    ];
    answer = () => ({
      body: {
        FailedEntryCount: 5,
        Entries: [...codes.map((ErrorCode) => ({ ErrorCode, ErrorMessage: 'no' })), { EventId: '1' }],
      },
    });
    const refusals = await put(...['a', 'b', 'c', 'd', 'e', 'f'].map(event));
    expect(refusals.map((refusal) => refusal?.isFinal)).toEqual([false, false, false, true, true, undefined]);
    expect(refusals[0]).toEqual({ cause: 'ThrottlingException: no', isFinal: false });
  });

  it('gets each event on its own if it rejects all because of one', async () => {
    answer = (entries) =>
      entries.some((entry) => idOf(entry) === 'bad')
        ? { status: 400, body: { __type: 'ValidationException', message: 'Total size of the entries' } }
        : taken(entries);
    expect(await put(event('a'), event('bad'), event('c'))).toEqual([
      ...[
        undefined,
        { cause: expect.stringContaining('Total size of the entries') as unknown, isFinal: true },
        undefined,
      ],
    ]);
    expect(asked.map(({ entries }) => entries.length)).toEqual([3, 1, 1, 1]);
  });

  it('throws where it takes nothing, but is asked three times before', async () => {
    answer = () => ({ status: 503, body: { __type: 'InternalFailure', message: 'away' } });
    await expect(put(event('a'))).rejects.toThrow('away');
    expect(asked).toHaveLength(3);
    answer = () => ({ status: 400, body: { __type: 'AccessDeniedException', message: 'not authorized' } });
    await expect(put(event('a'), event('b'))).rejects.toThrow('not authorized');
  });

  it('counts the bytes of an event as EventBridge does', () => {
    const one = envelopeOf('stream', { event: 'ended', phase: 'ended', revision: 1, info: '\u{1f600}' }, 0);
    const bytes = Buffer.byteLength(JSON.stringify(one.detail));
    expect(sizeOf(one)).toBe(14 + 'wcs-hooks'.length + 'Stream State Change'.length + bytes);
  });
});
