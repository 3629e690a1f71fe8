import { expect, it } from 'vitest';
import { summary, toText, type Finding, type Level } from '../../../../../infra/cli/doctor/finding.ts';

it('the doctor sums up problems and warnings', () => {
  const finding = (level: Level): Finding => ({ check: 'c', level, found: 'f', means: 'm', todo: 't' });
  expect(summary([finding('ok')])).toBe('Healthy.');
  expect(summary((['problem', 'warning', 'left out'] as const).map(finding))).toBe('1 problem, 1 warning, 1 left out.');
  const two = (['problem', 'warning', 'left out'] as const).flatMap((level) => [finding(level), finding(level)]);
  expect(summary(two)).toBe('2 problems, 2 warnings, 2 left out.');
  expect(toText(finding('warning'))).toBe('warning   c: f\n          m\n          > t');
});
