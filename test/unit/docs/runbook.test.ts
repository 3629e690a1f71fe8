import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { alarms as allAlarms } from '../../../infra/cloudformation/alarms.ts';
import { FUNCTIONS } from '../../../infra/cloudformation/functions.ts';
import { queries } from '../../../infra/cloudformation/queries.ts';
import { cellsOf, pageAt, PAGES, readPage } from '../../support/pages.ts';

const ROOT = join(import.meta.dirname, '../../..');
const RUNBOOK = pageAt('docs/runbook.md');
const PARTS = ['Meaning', 'Impact', 'Check', 'Fix'];

interface Alarm {
  readonly Type: string;
  readonly Properties: { readonly AlarmName: string; readonly AlarmDescription: string };
}

/** As serverless asks for it, with the alarm that is off by default. */
async function alarms(): Promise<Alarm['Properties'][]> {
  const resolveVariable = (variable: string) =>
    Promise.resolve(/NO_HOOKS_MINUTES|FAILED_CALLS_PERCENT/.test(variable) ? '15' : '');
  const { Resources } = await allAlarms({ resolveVariable });
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties }) => Properties as unknown as Alarm['Properties']);
}

/** The section under a heading, by its anchor. */
function sectionOf(anchor: string): string {
  const parts = RUNBOOK.text.split(/^(?=#{2,3} )/m);
  return parts.find((part) => readPage('', part.split('\n')[0] ?? '').anchors.has(anchor)) ?? '';
}

const linkOf = ({ AlarmDescription }: Alarm['Properties']) =>
  /docs\/runbook\.md#([\w-]+)$/.exec(AlarmDescription)?.[1] ?? '';

describe('the runbook', () => {
  let all: Alarm['Properties'][] = [];
  beforeAll(async () => {
    all = await alarms();
  });

  it('has a section for each alarm, to which its description leads: Meaning, Impact, Check, Fix', () => {
    expect(all.length).toBeGreaterThan(20);
    for (const alarm of all) {
      const parts = [...sectionOf(linkOf(alarm)).matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, part]) => part);
      expect([alarm.AlarmName, parts]).toEqual([alarm.AlarmName, PARTS]);
    }
  });

  it('leads each alarm to a section of its own name; those of functions share theirs', () => {
    for (const alarm of all) {
      const name = alarm.AlarmName.replace(/^.*\}-/, '');
      const own = name.replace(new RegExp(`^(?:${FUNCTIONS.join('|')})-(?=errors|throttles)`), 'function-');
      expect(linkOf(alarm)).toBe(own);
    }
  });

  it('has a check to copy in each of them', () => {
    for (const alarm of all) expect(sectionOf(linkOf(alarm))).toMatch(/```(text|console aws)\n/);
  });

  it('has no section and no line in its table for an alarm that there is not', () => {
    const [, part = ''] = /^## Alarms$([^]*?)^## /m.exec(RUNBOOK.text) ?? [];
    const sections = readPage('', part).headings;
    expect(new Set(sections)).toEqual(new Set(all.map(linkOf)));
    const [table = ''] = part.split(/^### /m);
    const listed = cellsOf(readPage('', table)).filter((cell) => /^`.*`$/.test(cell));
    expect(listed.map((cell) => cell.replaceAll(/[`<>]/g, ''))).toEqual(sections);
  });

  it('answers ten questions of a night, step by step', () => {
    const [, part = ''] = /^## Questions$([^]*)/m.exec(RUNBOOK.text) ?? [];
    const questions = part.split(/^### /m).slice(1);
    expect(questions.length).toBeGreaterThanOrEqual(10);
    for (const question of questions) expect(question).toMatch(/^1\. [^]*^2\. [^]*^3\. /m);
  });

  it('lists each of them', () => {
    const [, list = '', rest = ''] = /^## Questions$([^]*?)(^### [^]*)/m.exec(RUNBOOK.text) ?? [];
    const titles = [...rest.matchAll(/^### (.*)$/gm)].map(([, title]) => title);
    expect([...list.matchAll(/^\d+\. \[(.*)\]\(/gm)].map(([, title]) => title)).toEqual(titles);
  });
});

interface SavedQuery {
  readonly Name: string;
  readonly LogGroupNames: readonly unknown[];
  readonly QueryString: string;
}

describe('the saved queries of which the runbook speaks', () => {
  let all: SavedQuery[] = [];
  beforeAll(async () => {
    const { Resources } = await queries({ resolveVariable: () => Promise.resolve('') });
    all = Object.values(Resources).map(({ Properties }) => Properties as unknown as SavedQuery);
  });
  const saved = (title: string) => all.find(({ Name }) => Name.endsWith(`/${title}`)) ?? expect.fail(title);

  it('read the logs of all functions where it says that any query can be run from them', () => {
    const [, named = ''] = /^\*\*To run a query of this page\*\*,([^]*?)replace its text/m.exec(RUNBOOK.text) ?? [];
    const titles = [...named.matchAll(/\*\*([^*]+)\*\*/g)].map(([, title = '']) => title);
    expect(titles).toHaveLength(2);
    for (const title of titles) expect([title, saved(title).LogGroupNames.length]).toEqual([title, FUNCTIONS.length]);
  });

  it('find the same hooks of a stream as its copy: all but healthy keep-alives, as many as one page holds', () => {
    const [copy = ''] = readPage('', sectionOf('what-happened-to-stream-x')).blocks.map(({ text }) => text);
    const parts = (query: string) =>
      query
        .split('\n')
        .map((line) => line.replace(/^\| | #.*$/g, '').replace('"ID"', '"X"'))
        .filter((line) => !line.startsWith('fields') && line !== '');
    const { QueryString } = saved('what happened to stream X');
    expect(parts(copy)).toEqual(parts(QueryString));
    expect(QueryString).toContain('not (method = "StreamKeepAliveEvent" and outcome in ["fresh", "applied"])');
    for (const query of [copy, QueryString]) expect(query).toMatch(/^fields [^\n]*\bmessage\b/);
  });

  it('name the stream that was denied', () => {
    expect(saved('who was rejected or denied').QueryString).toMatch(/^fields [^\n]*\bname\b/);
  });
});

describe('the queries of all pages', () => {
  const code = globSync('{lib,infra}/**/*.{ts,cjs}', { cwd: ROOT }).map((file) =>
    readFileSync(join(ROOT, file), 'utf8'),
  );
  const isWritten = (word: string) => code.some((text) => text.includes(`'${word}'`));
  /** What the queries and the prose compare a field with. */
  const askedOf = (field: string) =>
    PAGES.flatMap(({ text }) => [
      ...[...text.matchAll(new RegExp(`"?\\b${field}"?(?: = |:)"([^"]+)"`, 'g'))].map(([, word = '']) => word),
      ...[...text.matchAll(new RegExp(`\\b${field} in \\[([^\\]]+)\\]`, 'g'))].flatMap(([, words = '']) =>
        words.split(', ').map((word) => word.replaceAll('"', '')),
      ),
    ]);
  const outcomes = askedOf('outcome');
  const messages = askedOf('message');

  it('ask for outcomes and messages that the code writes', () => {
    expect([outcomes.length > 8, messages.length > 5]).toEqual([true, true]);
    expect([...new Set([...outcomes, ...messages])].filter((word) => !isWritten(word))).toEqual([]);
  });

  it('ask for no outcome that the table of outcomes does not explain, and the table for none that is not written', () => {
    const [table = ''] = /^\| outcome[^]*?\n\n/m.exec(pageAt('docs/data-model.md').text) ?? [];
    const explained = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, word = '']) => word);
    expect(explained.length).toBeGreaterThan(10);
    expect(explained.filter((word) => !isWritten(word))).toEqual([]);
    expect(outcomes.filter((word) => !explained.includes(word) && word !== 'dead letter')).toEqual([]);
  });
});
