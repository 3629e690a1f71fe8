/**
 * Reads the SDK's settings from the environment only, as a Lambda needs. The SDK also looks for files in a home directory, with
 * an exception for each setting that is missing: 5 ms of every first request. Bundles only (infra/build/build.ts).
 */
interface Selectors<Value> {
  readonly environmentVariableSelector: (environment: NodeJS.ProcessEnv, options: object) => Value | undefined;
  readonly default: Value | (() => Promise<Value>);
}

export function loadConfig<Value>({ environmentVariableSelector, default: otherwise }: Selectors<Value>) {
  let loaded: Promise<Value> | undefined;
  return () => (loaded ??= load());

  async function load(): Promise<Value> {
    const value = environmentVariableSelector(process.env, {});
    if (value !== undefined) return value;
    return typeof otherwise === 'function' ? (otherwise as () => Promise<Value>)() : otherwise;
  }
}
