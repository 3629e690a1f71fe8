import { mkdtempSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readOptions } from '../../../infra/cli/events/options.ts';
import { createShow } from '../../../infra/cli/events/show.ts';
import { eventsFile } from '../../../infra/local/data-dir.ts';
import { openEvents } from '../../../infra/local/event-store.ts';
import { postTo, problemOfEventsUrl } from '../../../infra/local/events-url.ts';
import { runScript } from '../../support/run-script.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'wcs-hooks-events-'));
const DATA_DIR = newFolder();
const NOW = Date.now();

const stored = (n: number, type: string, detail: object) => ({
  id: `id-${n}`,
  subject: 'x',
  at: NOW - (10 - n) * 3_600_000,
  event: {
    id: `id-${n}`,
    'detail-type': `${type} State Change`,
    time: `2026-11-25T10:00:0${n}Z`,
    detail: { ...detail, revision: n },
  },
});
const LIVE = { event: 'live', phase: 'live', mediaSessionId: 'm1', name: 'b4e7', status: 'PUBLISHING' };
const STORED = [
  stored(1, 'Session', { event: 'live', phase: 'live', sessionId: 's1', sub: 'alice', status: 'ESTABLISHED' }),
  stored(2, 'Stream', { ...LIVE, sessionId: 's1' }),
  stored(3, 'Stream', { ...LIVE, event: 'ended', phase: 'ended', status: 'UNPUBLISHED', info: 'Stopped by user' }),
  stored(4, 'Stream', {
    event: 'denied',
    phase: 'denied',
    mediaSessionId: 'm2',
    name: 'x\u001b[2J',
    denied: 'token: expired',
  }),
];
beforeAll(() => {
  const events = openEvents(eventsFile(DATA_DIR));
  events.add(STORED, false);
  events.close();
});
const events = (...options: string[]) => runScript('events', options, { ...process.env, DATA_DIR });
/** The ids of what is shown, in this process. */
function idsOf(...args: string[]): string[] {
  const options = readOptions(['--json', ...args], NOW);
  if (options === 'help') return expect.fail('--help');
  const lines: string[] = [];
  const show = createShow(options, undefined, (line) => lines.push(line));
  show(STORED.filter(({ at }) => at >= (options.since ?? 0)).map(({ event }) => event));
  return lines.map((line) => (JSON.parse(line) as { id: string }).id);
}

describe('npm run events', () => {
  it('prints what there is, a line for each, safe for a terminal', async () => {
    const { code, stdout, stderr } = await events('--once');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['time', 'kind', 'event', 'id', 'what', 'why'],
      ['2026-11-25T10:00:01Z', 'session', 'live', 's1', 'alice', 'ESTABLISHED'],
      ['2026-11-25T10:00:02Z', 'stream', 'live', 'm1', 'b4e7', 'PUBLISHING'],
      ['2026-11-25T10:00:03Z', 'stream', 'ended', 'm1', 'b4e7', 'UNPUBLISHED Stopped by user'],
      ['2026-11-25T10:00:04Z', 'stream', 'denied', 'm2', 'x\ufffd[2J', 'token: expired'],
      [''],
    ]);
  });

  it('prints them for programs as EVENTS_URL gets them', async () => {
    const { stdout } = await events('--once', '--json');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(STORED.map(({ event }) => event));
    expect(stdout).not.toContain('\u001b');
  });

  it('shows those of a time, of a kind, of a type, and with a field', async () => {
    expect((await events('--once', '--since', '450min')).stdout.split('\n')).toHaveLength(4);
    expect(idsOf('--since', '450min')).toEqual(['id-3', 'id-4']);
    expect(idsOf('--filter', 'kind=session')).toEqual(['id-1']);
    expect(idsOf('--filter', 'type=ended')).toEqual(['id-3']);
    expect(idsOf('--filter', 'type=ended', '--filter', 'type=live')).toEqual(['id-1', 'id-2', 'id-3']);
    expect(idsOf('--filter', 'type=live', '--filter', 'name=b4e7')).toEqual(['id-2']);
    expect(idsOf('--filter', 'revision=4')).toEqual(['id-4']);
  });

  it('says what is wrong with its options, and where there are no events', async () => {
    for (const [options, words] of [
      [['--filter', 'ended'], 'expected FIELD=TEXT, such as type=ended'],
      [['--filter', 'nmae=x'], 'events have no field nmae. They have kind, type, '],
      [['--filter', 'kind=room'], 'kind is one of stream, session, call'],
      [['--filter', 'type=stoped'], 'type is one of starting, denied, ringing, live, lost, ended, corrected, found'],
      [['--filter', 'phase=on air'], 'phase is one of starting, denied, ringing, live, lost, ended, seen'],
      [['--since', 'yesterday'], 'expected 30m, 1h, 2d, or a time'],
    ] as const)
      expect(() => readOptions([...options], NOW)).toThrow(words);
    const nowhere = await runScript('events', [], { ...process.env, DATA_DIR: newFolder() });
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('npm start') as string });
  });
});

describe('EVENTS_URL', () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  async function receiver(answer: RequestListener): Promise<string> {
    server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const [event] = STORED.map((one) => one.event);

  it('gets an event as the JSON body of a POST, at its whole path', async () => {
    let got: unknown;
    const url = await receiver((request, response) => {
      const { method, url, headers } = request;
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        got = { method, url, type: headers['content-type'], body: JSON.parse(body) as unknown };
        response.writeHead(202).end('thanks');
      });
    });
    await postTo(`${url}/a/b?key=c`)(event!);
    expect(got).toEqual({ method: 'POST', url: '/a/b?key=c', type: 'application/json', body: event });
  });

  it('has taken an event where it answers 2xx, and in no other case', async () => {
    let status = 200;
    const url = await receiver((_, response) => response.writeHead(status, { location: '/elsewhere' }).end('{}'));
    const send = postTo(url);
    for (status of [200, 204, 299]) await send(event!);
    for (status of [301, 307, 400, 404, 429, 500, 503])
      await expect(send(event!)).rejects.toThrow(`it answered ${status}`);
    await expect(postTo('http://127.0.0.1:1')(event!)).rejects.toThrow('ECONNREFUSED');
  });

  it('must be one to which events can be sent', () => {
    for (const url of ['', 'http://127.0.0.1:9/x', 'https://example.com'])
      expect(problemOfEventsUrl(url, true)).toBeUndefined();
    for (const url of ['127.0.0.1:9', 'ftp://example.com', 'x'])
      expect(problemOfEventsUrl(url, true)).toContain('EVENTS_URL must be an http:// or https:// URL');
    expect(problemOfEventsUrl('http://u:s3cret@example.com', true)).toMatch(
      /^EVENTS_URL has a user or a password(?!.*s3cret)/,
    );
    expect(problemOfEventsUrl('http://example.com', false)).toContain('CHANGE_EVENTS=false');
  });
});
