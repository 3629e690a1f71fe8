/** What the commands of an operator have in common. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The call is wrong, told in a sentence: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** What could not be done, and what to do about it: exit code 1. */
export class Failure extends Error {
  override name = 'Failure';
}

/** @throws UsageError */
export function optionsOf<Options extends NonNullable<ParseArgsConfig['options']>>(
  options: Options,
  args = process.argv.slice(2),
) {
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
