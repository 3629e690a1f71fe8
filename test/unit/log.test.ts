import { expect, it } from 'vitest';
import { createLog, loggable } from '../../lib/log.ts';

const LINE = { method: 'StreamEvent', subject: 'm', outcome: 'applied', status: 200, milliseconds: 3, requestId: 'r' };
function logged(line: Parameters<ReturnType<typeof createLog>>[0]): Record<string, unknown> {
  const lines: string[] = [];
  createLog(
    (text) => lines.push(text),
    () => 1,
  )(line);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]*\n$/);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

it('writes one line per hook that is its log and its metric', () => {
  expect(logged(LINE)).toMatchObject({
    ...LINE,
    level: 'INFO',
    hooks: 1,
    _aws: { Timestamp: 1, CloudWatchMetrics: [{ Dimensions: [['outcome']] }] },
  });
  expect(logged({ ...LINE, status: 403 }).level).toBe('WARN');
  expect(logged({ ...LINE, status: 503 }).level).toBe('ERROR');
  expect(logged({ ...LINE, outcome: 'failed' }).level).toBe('ERROR');
});

it('bounds identifiers and takes control characters out of them', () => {
  const evil = `a\r\n\u001b[2J\u2028\u0085\u0000${'x'.repeat(1000)}`;
  const line = logged({ ...LINE, method: evil, subject: evil, cause: evil });
  for (const field of ['method', 'subject', 'cause']) {
    expect(line[field]).toHaveLength(256);
    expect(line[field]).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/);
  }
  expect(loggable('\ud800')).toBe('\ufffd');
});
