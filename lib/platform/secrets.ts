/** The secrets of a deployed stage in Parameter Store. They are read at the start, and again when they may have changed. */

export const PARAMETERS = {
  HOOK_SECRET: 'hook-secret',
  HOOK_SECRET_PREVIOUS: 'hook-secret-previous',
  HOOK_USER: 'hook-user',
  HOOK_PASSWORD: 'hook-password',
  TOKEN_SECRET: 'token-secret',
  TOKEN_SECRET_PREVIOUS: 'token-secret-previous',
} as const;
export type Secrets = { readonly [Name in keyof typeof PARAMETERS]?: string };

export interface SecretSource {
  /** Whether the first read, at the start, got the secrets. It never rejects. */
  readonly early: Promise<boolean>;
  /** @returns the same object until a secret changes. @throws the reader's error, until the first read succeeds */
  current(): Promise<Secrets>;
  /** Called before `known` reject a hook. @returns other secrets that are valid now, if any; they are read at most once a minute */
  changedFrom(known: Secrets): Promise<Secrets | undefined>;
}

const MAX_AGE_MS = 5 * 60_000;
/** Spreads the reads of containers that started together. */
const JITTER = 0.2;
const LEAST_PAUSE_MS = 60_000;

/** For the read at the start: it must end before the container may be frozen (lib/composition/warm-up.ts). */
const EARLY_PATIENCE_MS = 1400;
/** For the first hook. With keys (1.5 s), a SIP account (1 s), the store (2 s) and parking (1.5 s) it must end within a function's 10 s. */
const FIRST_PATIENCE_MS = 3500;
/** For later reads, while the known secrets stay valid. */
const PATIENCE_MS = 700;

/** Starts the first read at once. `read` gives up after `patience` milliseconds; `now` in milliseconds since the epoch. */
export function createSecretSource(read: (patience: number) => Promise<Secrets>, now: () => number): SecretSource {
  let values: Secrets | undefined;
  let triedAt = -Infinity;
  let expiresAt = -Infinity;
  let pending: Promise<Secrets> | undefined;

  function readAgain(patience = PATIENCE_MS): Promise<Secrets> {
    triedAt = now();
    pending ??= read(patience)
      .then((fresh) => {
        expiresAt = now() + MAX_AGE_MS * (1 - Math.random() * JITTER);
        if (!values || !isSame(values, fresh)) values = fresh;
        return values;
      })
      .finally(() => (pending = undefined));
    return pending;
  }
  const mayReadAgain = () => pending !== undefined || now() - triedAt >= LEAST_PAUSE_MS;

  const early = readAgain(EARLY_PATIENCE_MS).then(
    () => true,
    () => false,
  );

  return {
    early,
    async current() {
      // The first read may have been frozen since: its failure says nothing about now.
      if (!values) await pending?.catch(() => {});
      if (!values) return readAgain(FIRST_PATIENCE_MS);
      // While Parameter Store cannot be reached, the known secrets stay valid.
      if (now() >= expiresAt && mayReadAgain()) await readAgain().catch(() => {});
      return values;
    },
    async changedFrom(known) {
      if (values === known && mayReadAgain()) await readAgain().catch(() => {});
      return values === known ? undefined : values;
    },
  };
}

const isSame = (a: Secrets, b: Secrets) =>
  (Object.keys(PARAMETERS) as (keyof Secrets)[]).every((name) => a[name] === b[name]);

/** Whether every secret that was known is still valid. */
export const isAddedTo = (known: Secrets, secrets: Secrets) =>
  Object.values(known).every((secret) => Object.values(secrets).includes(secret));

/** Reads the parameters under `path`, such as `/wcs-hooks/prod`: all, or those of the given secrets. */
export const secretsUnder =
  (
    path: string,
    readParameters: (names: readonly string[], patience: number) => Promise<ReadonlyMap<string, string>>,
    secrets = Object.keys(PARAMETERS) as readonly (keyof Secrets)[],
  ) =>
  async (patience: number): Promise<Secrets> => {
    const named = secrets.map((name) => [name, `${path}/${PARAMETERS[name]}`] as const);
    const names = named.map(([, parameter]) => parameter);
    const values = await readParameters(names, patience);
    return Object.fromEntries(
      named.flatMap(([name, parameter]) => {
        const value = values.get(parameter);
        return value ? [[name, value]] : [];
      }),
    );
  };
