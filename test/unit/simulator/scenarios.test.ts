import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isStart } from '../../simulator/stream-states.ts';
import { createConfigAwareWcs } from '../../simulator/config-aware-wcs.ts';
import { readOptions } from '../../simulator/options.ts';
import { planOf } from '../../simulator/plan.ts';
import { createRandom } from '../../simulator/random.ts';
import { play } from '../../simulator/run.ts';
import { SCENARIOS } from '../../simulator/scenarios.ts';
import { parseObject, type Hook } from '../../simulator/wcs.ts';

/** Plays the hooks against a backend that takes its time; the answers come in the order of `answered`. */
async function playSlowly(scenario: string, ...args: string[]) {
  const options = readOptions(['--scenario', scenario, '--streams', '3', '--secret', 's', '--seed', '7', ...args], {});
  if (options === 'help') throw new Error('these options ask for help');
  const plan = planOf(options);
  const random = createRandom(1);
  const events: { readonly when: 'sent' | 'answered'; readonly hook: Hook; readonly sessionId: unknown }[] = [];
  const wcs = createConfigAwareWcs({
    wcs: {
      async send(hook) {
        const fields = parseObject(hook.body);
        const sessionId = fields?.['sessionId'];
        events.push({ when: 'sent', hook, sessionId });
        await sleep(random.between(0, 5));
        events.push({ when: 'answered', hook, sessionId });
        return { method: hook.method, status: 200, acknowledged: true, milliseconds: 0, fields };
      },
    },
  });
  await play(plan.first, wcs, 16);
  await play(plan.scripts, wcs, 16);
  return { events, forged: plan.forged };
}

describe.each(Object.keys(SCENARIOS))('scenario %s', (scenario) => {
  it('asks for no stream or call before the connection of its client was answered, or after it ended', async () => {
    const { events } = await playSlowly(scenario);
    const connected = new Set<unknown>();
    const gone = new Set<unknown>();
    let starts = 0;
    for (const { when, hook, sessionId } of events) {
      if (when === 'answered' && hook.method === 'connect') connected.add(sessionId);
      if (when === 'sent' && hook.body.includes('DISCONNECTED')) gone.add(sessionId);
      if (when === 'sent' && (isStart(hook.method) || hook.method === 'RegistrationStatusEvent')) {
        starts++;
        expect([hook.method, connected.has(sessionId), gone.has(sessionId)]).toEqual([hook.method, true, false]);
      }
    }
    expect(starts).toBeGreaterThan(0);
  });

  it('gives token and origin to every connect, and to nothing else', async () => {
    const { events, forged } = await playSlowly(scenario, '--token', 'a.b.c', '--origin', 'https://example.com');
    const hooks = [...events.map(({ hook }) => hook), ...forged];
    const showing = hooks.filter(({ body }) =>
      body.includes('"origin":"https://example.com","custom":{"token":"a.b.c"}'),
    );
    expect(showing).toEqual(hooks.filter(({ method }) => method === 'connect'));
    expect(hooks.filter(({ body }) => body.includes('a.b.c'))).toEqual(showing);
  });
});

it.each(['reorder', 'burst'])(
  'scenario %s has events before the start of their stream, and after its end',
  async (scenario) => {
    const { events } = await playSlowly(scenario, '--streams', '20');
    const sent = events.filter(({ when }) => when === 'sent').map(({ hook }) => hook);
    const at = (method: string, id: unknown, text = '') =>
      sent.findIndex(({ method: one, body }) => one === method && body.includes(String(id)) && body.includes(text));
    const ids = sent
      .filter(({ method }) => method === 'publishStream')
      .map(({ body }) => parseObject(body)?.['mediaSessionId']);
    expect(ids).toHaveLength(20);
    const early = ids.filter((id) => at('StreamStatusEvent', id, 'PUBLISHING') < at('publishStream', id));
    const late = ids.filter((id) => at('StreamKeepAliveEvent', id) > at('StreamStatusEvent', id, 'UNPUBLISHED'));
    expect([early.length > 0, late.length > 0]).toEqual([true, true]);
  },
);
