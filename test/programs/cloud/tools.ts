/** The machine's own settings stay out; cfn-lint, which knows AWS's own schemas; folders. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CLOUD } from '../../../infra/local/python.ts';

const run = promisify(execFile);

/** Nothing here may depend on the settings of the shell. */
const OURS =
  /^(AWS_|SECRETS_|HOOK_|TOKEN_|FAIL_|STOP_|MAX_|ALARM_|NO_HOOKS|RESERVED_|RETENTION_|LEASE_|LIVE_|KEEP_|ALLOWED_|REST_|CHANGE_|EVENT|BANS|BOARD_|SIP_|LOG_NUMBERS|FAILED_|TEST_|IS_OFF)/;
export const cleanEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)));

/** @returns what cfn-lint remarks on a template */
export async function lintTemplate(bin: string, file: string): Promise<string[]> {
  const said = await run(join(bin, 'cfn-lint'), ['--format', 'parseable', '--', file]).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr || 'cfn-lint failed',
  );
  return said.split('\n').filter(Boolean);
}

/** Replaces a folder's content. */
export function freshFolder(name: string): string {
  const folder = join(CLOUD, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
