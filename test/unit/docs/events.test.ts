import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DETAIL_TYPES, SOURCE } from '../../../lib/state/change.ts';
import { SCHEMA, schemaProblem } from '../../support/changes.ts';
import { cellsOf, pageAt, readPage } from '../../support/pages.ts';
import { recipes, type RecipeTemplate } from '../../support/recipes.ts';

const PAGE = pageAt('docs/events.md');
const blockOf = (info: string) => PAGE.blocks.find((block) => block.info === info)?.text ?? expect.fail(info);
const KINDS = Object.keys(DETAIL_TYPES) as (keyof typeof DETAIL_TYPES)[];
const eventsOf = (kind: (typeof KINDS)[number]) => SCHEMA.definitions[kind].properties['event']?.enum ?? [];

describe('the page on events', () => {
  it('shows an event as the schema has it', () => {
    const event = JSON.parse(blockOf('json')) as { detail: { startedAt: string; endedAt: string; seconds: number } };
    expect(schemaProblem(event)).toBeUndefined();
    const { startedAt, endedAt, seconds } = event.detail;
    expect(seconds).toBe((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  });

  it('has all events of each kind in its tables', () => {
    const [, ofKinds = '', ofEvents = ''] = PAGE.text.split(/^\| `(?:detail-type|event)` /m);
    for (const kind of KINDS) {
      const row = ofKinds.split('\n').find((line) => line.includes(`\`${DETAIL_TYPES[kind]}\``)) ?? '';
      const [, ...events] = [...row.matchAll(/`([^`]+)`/g)].map(([, word]) => word);
      expect(events.toSorted()).toEqual(eventsOf(kind).toSorted());
    }
    const rows = cellsOf(readPage('', `| \`event\` ${ofEvents}`)).flatMap((cell) => /^`(\w+)`$/.exec(cell)?.[1] ?? []);
    expect(new Set(rows.slice(1))).toEqual(new Set(KINDS.flatMap(eventsOf)));
  });
});

describe('the receiver', () => {
  interface Event {
    readonly 'detail-type': string;
    readonly detail: { readonly revision: number; readonly mediaSessionId?: string; readonly sessionId?: string };
  }
  type CreateReceiver = (
    revisions: Map<string, number>,
    handle: (type: string, detail: Event['detail']) => Promise<void>,
  ) => (event: Event) => Promise<void>;

  async function receiver(): Promise<CreateReceiver> {
    const file = join(mkdtempSync(join(tmpdir(), 'receiver-')), 'receiver.mjs');
    writeFileSync(file, blockOf('js'));
    return ((await import(/* @vite-ignore */ file)) as { createReceiver: CreateReceiver }).createReceiver;
  }
  const event = (type: string, id: object, revision: number): Event => ({
    'detail-type': type,
    detail: { ...id, revision },
  });
  const stream = (id: string, revision: number) =>
    event('Stream State Change', { mediaSessionId: id, sessionId: 'one session' }, revision);

  it('has ten lines', () => {
    expect(blockOf('js').trimEnd().split('\n').length).toBeLessThanOrEqual(10);
  });

  it('takes each event of a subject once, and nothing that is older', async () => {
    const handled: string[] = [];
    const receive = (await receiver())(new Map(), (type, { revision, mediaSessionId, sessionId }) => {
      handled.push(`${type.split(' ')[0]} ${mediaSessionId ?? sessionId} ${revision}`);
      return Promise.resolve();
    });
    const session = event('Session State Change', { sessionId: 'one session' }, 1);
    for (const one of [stream('a', 1), stream('b', 1), stream('a', 5), stream('a', 3), stream('a', 5), session])
      await receive(one);
    expect(handled).toEqual(['Stream a 1', 'Stream b 1', 'Stream a 5', 'Session one session 1']);
  });

  it('stays with the newest where several of a subject come at once', async () => {
    const handled: number[] = [];
    const revisions = new Map<string, number>();
    const receive = (await receiver())(revisions, async (_, { revision }) => {
      // The older an event is, the longer it takes.
      for (let n = revision; n < 3; n++) await new Promise(setImmediate);
      handled.push(revision);
    });
    await Promise.all([stream('a', 1), stream('a', 2), stream('a', 1), stream('a', 2)].map(receive));
    expect([handled, [...revisions.values()]]).toEqual([[1, 2], [2]]);
  });

  it('takes again what it could not handle', async () => {
    let tries = 0;
    const receive = (await receiver())(new Map(), () => {
      tries++;
      return tries === 1 ? Promise.reject(new Error('no')) : Promise.resolve();
    });
    await expect(receive(stream('a', 1))).rejects.toThrow('no');
    await receive(stream('a', 1));
    await receive(stream('a', 1));
    expect(tries).toBe(2);
  });
});

describe.each(Object.entries(recipes()))('the recipe of a %s', (_, { template }) => {
  const referencesIn = (value: unknown): string[] => {
    const found = [...JSON.stringify(value).matchAll(/"Ref":"([^"]+)"|"Fn::GetAtt":\["(\w+)"|\$\{(\w+)\}/g)];
    return found.map(([, ref, attribute, text]) => ref ?? attribute ?? text ?? '');
  };

  it('refers to what it has', () => {
    const has = [...Object.keys(template.Resources), ...Object.keys(template.Parameters)];
    const references = referencesIn(template.Resources);
    expect(references.length).toBeGreaterThan(0);
    for (const id of references) expect(has).toContain(id);
    // And has nothing to which nothing refers, but for what acts by itself.
    const acts = ['Rule', 'Policy', 'Archive'];
    const idle = has.filter((id) => !references.includes(id) && !acts.some((one) => id.endsWith(one)));
    expect(idle).toEqual([]);
  });

  it('names only events that exist', () => {
    const patterns = patternsIn(template);
    expect(patterns).toHaveLength(1);
    for (const { source, 'detail-type': types = [], detail: { event = [] } = {} } of patterns) {
      expect(source).toEqual([SOURCE]);
      for (const type of types) expect(Object.values(DETAIL_TYPES)).toContain(type);
      for (const one of event) expect(eventsOf('stream')).toContain(one);
    }
  });
});

interface Pattern {
  readonly source: string[];
  readonly 'detail-type'?: string[];
  readonly detail?: { readonly event?: string[] };
}
const patternsIn = ({ Resources }: RecipeTemplate) =>
  Object.values(Resources).flatMap(({ Properties }) => (Properties['EventPattern'] as Pattern | undefined) ?? []);
