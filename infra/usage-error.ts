/** The command line says what it cannot mean: told in one sentence, with exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
