import { describe as suite, expect, it } from 'vitest';
import { createLog, describe, loggable, type Line } from '../../../lib/platform/log.ts';

const LINE = {
  level: 'INFO',
  message: 'hook',
  fields: { method: 'StreamEvent', status: 200, cause: undefined },
  metrics: { hooks: 1 },
  dimension: 'outcome',
} satisfies Line;
function logged(line: Line): Record<string, unknown> {
  const lines: string[] = [];
  createLog(
    (text) => lines.push(text),
    () => 1,
    'prod',
  )(line);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]*\n$/);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

suite('a line', () => {
  it('is log and metric in one', () => {
    expect(logged(LINE)).toEqual({
      time: '1970-01-01T00:00:00.001Z',
      level: 'INFO',
      message: 'hook',
      method: 'StreamEvent',
      status: 200,
      hooks: 1,
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [
          { Namespace: 'wcs-hooks/prod', Dimensions: [['outcome']], Metrics: [{ Name: 'hooks', Unit: 'Count' }] },
        ],
      },
    });
    const ofStage: Line = { ...LINE, metrics: { lostStreams: 1 }, dimension: undefined };
    expect(logged(ofStage)).toMatchObject({ _aws: { CloudWatchMetrics: [{ Dimensions: [[]] }] } });
  });

  it('begins with when it happened, for people', () => {
    expect(Object.keys(logged(LINE)).slice(0, 3)).toEqual(['time', 'level', 'message']);
  });

  it('without metrics has no embedded metric format', () => {
    const line = logged({ ...LINE, metrics: {} });
    expect(line).toMatchObject({ level: 'INFO', message: 'hook', method: 'StreamEvent' });
    expect(line).not.toHaveProperty('_aws');
  });

  it('tells its metrics apart by the value of one of its fields, and not by what it lacks', () => {
    const { _aws } = logged({
      ...LINE,
      fields: { outcome: 'applied' },
      metrics: { hooks: 1, fieldsLeftOut: 3 },
      dimension: 'outcome',
    });
    expect(_aws).toMatchObject({
      CloudWatchMetrics: [{ Dimensions: [['outcome']], Metrics: [{ Name: 'hooks' }, { Name: 'fieldsLeftOut' }] }],
    });
  });

  it('has the unit Count, and Seconds for times', () => {
    const metrics = { answeredCalls: 2, talkSeconds: 62.5, bansNotRead: 1, banListAgeSeconds: 7 };
    const line = logged({ ...LINE, metrics, dimension: undefined });
    expect(line).toMatchObject(metrics);
    const { CloudWatchMetrics } = line['_aws'] as {
      CloudWatchMetrics: [{ Metrics: { Name: string; Unit: string }[] }];
    };
    expect(CloudWatchMetrics[0].Metrics.map(({ Name, Unit }) => [Name, Unit])).toEqual([
      ...[
        ['answeredCalls', 'Count'],
        ['talkSeconds', 'Seconds'],
      ],
      ...[
        ['bansNotRead', 'Count'],
        ['banListAgeSeconds', 'Seconds'],
      ],
    ]);
  });

  it('has no secret of a URL in any field, be it so long that its host is cut off', () => {
    const url = (secret: string) => `rtsp://user:${secret}@host/cam?token=${secret}`;
    for (const secret of ['S3CRET', 'S3CRET'.repeat(400)]) {
      const line = logged({ ...LINE, fields: { id: url(secret), name: url(secret), cause: `no ${url(secret)}` } });
      expect(JSON.stringify(line)).not.toContain('S3CRET');
    }
  });

  it('has bounded strings without control characters', () => {
    const evil = `a\r\n\u001b[2J\u2028\u2029\u0085\u0000${'x'.repeat(3000)}`;
    const line = logged({ ...LINE, fields: { method: evil, id: evil, cause: evil } });
    for (const [field, length] of [
      ['method', 256],
      ['id', 256],
      ['cause', 2000],
    ] as const) {
      expect(line[field]).toHaveLength(length);
      expect(line[field]).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    }
    expect(loggable('\ud800')).toBe('\ufffd');
  });
});

suite('an error', () => {
  it('is described by its causes, without a stack', () => {
    const cause = Object.assign(new TypeError('inner'), { code: 'ECONNREFUSED' });
    expect(describe(new Error('outer', { cause }))).toBe('Error: outer < TypeError: inner (ECONNREFUSED)');
    expect(describe(new AggregateError([new Error('a'), 'b']))).toBe('Error: a and b');
  });
});

it('an error with several lines becomes one line', () => {
  expect(describe(new Error('first\n\n   second \r\n\tthird'))).toBe('Error: first second third');
});
