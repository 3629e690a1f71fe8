import { expect, it } from 'vitest';
import { startStack } from '../support/local-stack.ts';
import { playScenario } from '../support/simulate.ts';

it('a node that stops talking is told once, and its streams are lost', async () => {
  const stack = await startStack({
    env: { HOOK_SECRET: 'secret', LEASE_SECONDS: '4', KEEP_ALIVE_INTERVAL_SECONDS: '1' },
  });
  try {
    // It waits for the lease and for the sweep of the next minute.
    const { code, stdout, stderr } = await playScenario('crash', stack, '--streams', '6');
    expect(stderr).not.toContain('differences');
    expect(stdout).toContain('18 rows are as they should be.');
    expect(code).toBe(0);
    const told = stack.logLines().filter(({ message }) => message === 'node silent' || message === 'streams lost');
    expect(told).toMatchObject([{ message: 'node silent', lostStreams: 18 }]);
  } finally {
    expect(await stack.stop()).toEqual([]);
  }
}, 120_000);
