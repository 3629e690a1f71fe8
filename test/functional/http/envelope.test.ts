import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createHookProcessor } from '../../../lib/hooks/process.ts';
import { createHookHandler } from '../../../lib/http/hook-handler.ts';
import type { HookEvent } from '../../../lib/http/hook-event.ts';
import type { Line } from '../../../lib/platform/log.ts';
import { readHookSettings } from '../../../lib/settings/settings.ts';
import { gatewayEvent } from '../../support/gateway-event.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { REQUIRED } from '../../support/settings.ts';

/** Any of the four hook functions: they differ in their routes and rights alone. */
function hookFunction() {
  const settings = readHookSettings({ ...REQUIRED, IS_OFFLINE: 'true' });
  const lines: Line[] = [];
  const { policies, failsOpen, bansFailOpen } = settings.access;
  const act = createHookProcessor({
    ...createMemoryStore(settings),
    restClientConfig: settings.restClientConfig,
    stopsStreams: settings.stopsStreams,
    accessControl: {
      ...{ policies, failsOpen, bansFailOpen },
      ...{ tokens: undefined, sip: undefined, bans: undefined },
    },
  });
  const handler = createHookHandler({ settings, log: (line) => lines.push(line), now: () => 0 }, act);
  return { lines, call: (event: unknown) => handler(event as HookEvent, { awsRequestId: 'r' } as Context) };
}

const whole = gatewayEvent({ method: 'StreamStatusEvent', body: '{"mediaSessionId":"m"}' });
const { rawPath: _path, ...pathless } = whole;
const { headers: _headers, ...headerless } = whole;
const { requestContext: _context, ...contextless } = whole;
const { timeEpoch: _time, ...timeless } = whole.requestContext;

describe('what no gateway sends', () => {
  it.each([
    ['null', null, 'the event is not usable'],
    ['nothing', undefined, 'the event is missing'],
    ['a text', 'warm up', 'the event is not usable'],
    ['an array', [], 'rawPath is missing'],
    ['an empty object', {}, 'rawPath is missing'],
    ["a console's test", { key1: 'value1', key2: 'value2' }, 'rawPath is missing'],
    ['a schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }, 'rawPath is missing'],
    ['no path', pathless, 'rawPath is missing'],
    ['no headers', headerless, 'headers is missing'],
    [
      'headers that are not strings',
      { ...whole, headers: { authorization: 5 } },
      'headers.authorization is not usable',
    ],
    ['no requestContext', contextless, 'requestContext is missing'],
    ['no time', { ...whole, requestContext: timeless }, 'requestContext.timeEpoch is missing'],
    [
      'a time that is out of range',
      { ...whole, requestContext: { timeEpoch: 1e20 } },
      'requestContext.timeEpoch is not usable',
    ],
    ['a body that is not a string', { ...whole, body: { mediaSessionId: 'SECRET' } }, 'body is not usable'],
  ])('(%s) is a 400 that says what it is, and one line in the log', async (_, event, part) => {
    const { call, lines } = hookFunction();
    const answer = await call(event);
    const message = `not a request from API Gateway (payload format 2.0): ${part}`;
    expect(answer).toEqual({
      statusCode: 400,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error: 'Bad Request', message }),
    });
    const fields = { outcome: 'rejected', status: 400, requestId: 'r', cause: message };
    expect(lines).toEqual([{ level: 'WARN', message: 'not an API Gateway event', fields, metrics: {} }]);
  });

  it('is not a request whose body is absent or null', async () => {
    const { call, lines } = hookFunction();
    for (const body of [undefined, null]) {
      expect(await call({ ...whole, body })).toMatchObject({ statusCode: 400 });
    }
    expect(lines).toMatchObject([
      { message: 'hook', fields: { method: 'StreamStatusEvent' } },
      { message: 'hook', fields: { method: 'StreamStatusEvent' } },
    ]);
    expect(await call(whole)).toMatchObject({ statusCode: 200 });
  });
});
