/** What the commands of an operator have in common. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Ends with 2 for what is wrong with the call, with 1 for what went wrong. */
export function fail(message: string, code = 2): never {
  console.error(message);
  process.exit(code);
}

export const seeHelp = (script: string) => `See npm run ${script} -- --help`;

/** The options of `npm run <script>`; ends with what is wrong with them. */
export function optionsOf<Options extends NonNullable<ParseArgsConfig['options']>>(script: string, options: Options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(`${(error as Error).message}\n${seeHelp(script)}`);
  }
}

/** A code where there are no words, as with a refused connection. */
export const wordsOf = (error: Error) => `${error.name}: ${error.message || (error as NodeJS.ErrnoException).code}`;
