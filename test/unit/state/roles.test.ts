import { describe, expect, it } from 'vitest';
import { CALL_ROLES, STREAM_ROLES } from '../../../lib/state/roles.ts';

describe('the role of a live stream', () => {
  it.each([
    ['PUBLISHING', undefined, 'publishing', true],
    ['PUBLISHING', false, 'publishing', true],
    ['PLAYING', undefined, 'playing', true],
    ['PLAYING', true, 'playing', true],
    ['PAUSED', undefined, 'playing', true],
    ['PAUSED', true, 'playing', true],
    ['NOVEL', true, 'publishing', true],
    ['NOVEL', false, 'playing', true],
    ['NOVEL', undefined, 'playing', false],
  ])('%s, published %s: %s', (status, published, role, isTold) => {
    const fields = { status, ...(published === undefined ? {} : { published }) };
    expect([STREAM_ROLES.roleOf(fields), STREAM_ROLES.isToldBy(fields)]).toEqual([role, isTold]);
  });
});

it('the role of a live call is ringing until somebody talks', () => {
  const roleOf = (status: string) => CALL_ROLES.roleOf({ status });
  expect(['RING', 'ESTABLISHED', 'HOLD', 'NOVEL'].map(roleOf)).toEqual(['ringing', 'talking', 'talking', 'talking']);
  expect(CALL_ROLES.isToldBy({})).toBe(true);
});
