import { expect, it } from 'vitest';
import { watch } from '../../../../../infra/cli/streams/watch.ts';

it('npm run streams --watch shows as much as fits, again and again, until it is interrupted', async () => {
  const written: string[] = [];
  const controller = new AbortController();
  const seen: number[] = [];
  const started = performance.now();
  const screen = {
    write: (text: string) => written.push(text),
    rows: () => 10,
    now: () => Date.parse('2026-01-01T00:00:00.000Z'),
  };
  const result = await watch(
    (limit, write) => {
      seen.push(limit);
      for (let n = 0; n < 20; n++) write(`line ${n}`);
      setTimeout(() => controller.abort(), 20);
      return Promise.resolve(undefined);
    },
    screen,
    controller.signal,
  );
  expect(result).toBeUndefined();
  expect(seen).toEqual([4]);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(written.at(-1)?.split('\n')).toHaveLength(10);
  expect(written.at(-1)).toContain('00:00:00 UTC, Ctrl-C ends');
  expect(await watch(() => Promise.resolve('gone'), screen, new AbortController().signal)).toBe('gone');
});
