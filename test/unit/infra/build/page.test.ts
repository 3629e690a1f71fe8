import { beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../../../infra/build/page.ts';

const LARGEST = 150_000;

describe('the page', () => {
  let page: Awaited<ReturnType<typeof buildPage>>;
  beforeAll(async () => {
    page = await buildPage();
  });

  it('is one script and one style sheet of at most 150 KB together', () => {
    const { script, styles } = page.files;
    expect(Buffer.byteLength(script) + Buffer.byteLength(styles)).toBeLessThanOrEqual(LARGEST);
    expect(script).toContain('Last 15 minutes');
    expect(styles).toContain('--publishers');
    // The chart's own.
    expect(styles).toContain('.uplot');
  });

  it('has no script, style or handler within the HTML, and takes nothing from elsewhere', () => {
    const { html, script, styles } = page.files;
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]* src="board\/board\.js")/);
    expect(html.match(/(?:src|href)="[^"]*"/g)).toEqual([
      'href="data:,"',
      'href="board/board.css"',
      'src="board/board.js"',
    ]);
    expect(`${script}${styles}`.match(/https?:\/\/(?!www\.w3\.org)[\w.-]+/g) ?? []).toEqual([]);
    expect(styles).not.toMatch(/@import|url\(/);
  });

  it('never makes markup of a text, nor code', () => {
    expect(page.files.script).not.toMatch(/\beval\(|new Function\(|document\.write|insertAdjacentHTML/);
  });

  it('is made anew when one of its files changes', () => {
    for (const file of [
      'lib/board/page/board.html',
      'lib/board/page/board.css',
      'lib/board/page/views.tsx',
      'infra/build/page.ts',
    ])
      expect(page.inputs).toContain(file);
  });
});
