/** The common parts of the operator's commands. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { complaintOfSwallowed, noteOfSwallowed, type Call } from './swallowed-options.ts';

/** The options are wrong, explained in a sentence: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The command failed, with what to do about it: exit code 1. */
export class Failure extends Error {
  override name = 'Failure';
}

/** @throws UsageError */
export function optionsOf<Options extends NonNullable<ParseArgsConfig['options']>>(
  options: Options,
  args = process.argv.slice(2),
  { env = process.env, file = process.argv[1] }: Partial<Call> = {},
) {
  const complaint = complaintOfSwallowed(options, args, { env, file });
  if (complaint !== undefined) throw new UsageError(complaint);
  const note = noteOfSwallowed(options, args, { env, file });
  if (note !== undefined) console.error(note);
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Runs `npm run <script>`. */
export async function runCommand(script: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof Failure)) throw error;
    const isUsage = error instanceof UsageError;
    console.error(isUsage ? `${error.message}\nSee npm run ${script} -- --help` : error.message);
    process.exitCode = isUsage ? 2 : 1;
  }
}
