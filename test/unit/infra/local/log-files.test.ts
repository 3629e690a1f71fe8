import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLogFiles, KEPT_DAYS } from '../../../../infra/local/log-files.ts';

const DAY_MS = 24 * 3600 * 1000;

function files() {
  const folder = join(mkdtempSync(join(tmpdir(), 'wcs-hooks-log-')), 'log');
  const clock = { now: Date.parse('2026-11-25T23:59:59.000Z') };
  const complaints: string[] = [];
  const keep = createLogFiles(
    folder,
    () => clock.now,
    (text) => complaints.push(text),
  );
  return { folder, clock, complaints, keep, names: () => readdirSync(folder).sort() };
}

describe('the kept log', () => {
  it('has a file for each day', () => {
    const { folder, clock, keep, names } = files();
    keep('a\n');
    keep('b\n');
    clock.now += 2000;
    keep('c\n');
    expect(names()).toEqual(['2026-11-25.jsonl', '2026-11-26.jsonl']);
    expect(readFileSync(join(folder, '2026-11-25.jsonl'), 'utf8')).toBe('a\nb\n');
    expect(readFileSync(join(folder, '2026-11-26.jsonl'), 'utf8')).toBe('c\n');
  });

  it('forgets days that are too long ago, and touches nothing else', () => {
    const { folder, clock, keep, names } = files();
    for (let day = 0; day < KEPT_DAYS + 5; day++) {
      keep('x\n');
      if (day === 0) writeFileSync(join(folder, '2020-notes.txt'), '');
      clock.now += DAY_MS;
    }
    const days = names().filter((name) => name.endsWith('.jsonl'));
    expect(days).toHaveLength(KEPT_DAYS);
    expect(days[0]).toBe(`${new Date(clock.now - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10)}.jsonl`);
    expect(names()).toContain('2020-notes.txt');
  });

  it('creates its folder again, and reports once that it cannot be written', () => {
    const { folder, complaints, keep, names } = files();
    keep('a\n');
    rmSync(folder, { recursive: true });
    keep('lost\n');
    keep('b\n');
    expect(names()).toHaveLength(1);
    expect(complaints).toHaveLength(1);

    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file');
    for (const line of ['c\n', 'd\n', 'e\n']) keep(line);
    expect(complaints).toHaveLength(2);
    expect(complaints[1]).toMatch(/^The log is not kept: /);
  });
});
