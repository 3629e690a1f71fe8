import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingTools } from './client.ts';

const emptyFolder = () => mkdtempSync(join(tmpdir(), 'wcs-hooks-runtime-'));

describe('npm run test:runtime', () => {
  it('names every tool that is missing, and no other', () => {
    expect(missingTools('')).toEqual(['cmake', 'make', 'a C compiler', 'a C++ compiler', 'Python 3', 'tar', 'xz']);
    const bin = emptyFolder();
    for (const tool of ['cmake', 'make', 'clang', 'g++', 'python3', 'tar'])
      writeFileSync(join(bin, tool), '', { mode: 0o755 });
    writeFileSync(join(bin, 'xz'), '', { mode: 0o644 });
    expect(missingTools(`/nowhere:${bin}`)).toEqual(['xz']);
  });

  it('says what it needs where it cannot compile, fails, and installs nothing', () => {
    const folder = emptyFolder();
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), '--folder', folder], {
      env: { PATH: '' },
      encoding: 'utf8',
    });
    expect(stderr).toContain('The runtime client cannot be compiled on this machine.');
    expect(stderr).toContain('cmake, make, a C compiler, a C++ compiler, Python 3, tar, xz');
    expect(stderr).toContain('apt-get install cmake');
    expect(status).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});
