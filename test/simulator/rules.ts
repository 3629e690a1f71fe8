/** What `restClientConfig` says of one method, with the protocol's defaults for all that it leaves out. */
import { methodNamed } from '../../lib/wcs/methods.ts';
import type { RestClientConfigEntry } from '../../lib/wcs/rest-client-config.ts';
import { asObject, type Fields } from './wcs.ts';

export interface Rule {
  /** `restPolicy: DISABLE`: the backend is not asked. */
  readonly isDisabled: boolean;
  /** `restOnError: FAIL` */
  readonly failsOnError: boolean;
  readonly restExclude: readonly string[];
  readonly clientExclude: readonly string[];
  /** The fields that are taken from the answer: `restOverwrite`, where `restPolicy` is OVERWRITE. */
  readonly taken: readonly string[];
}

/** Never overwritten, whatever `restOverwrite` says. */
const PROTECTED = ['nodeId', 'sessionId', 'appKey'];

/** `config` is as the backend sent it: nothing of it is certain. */
export function ruleFor(config: Fields | undefined, method: string): Rule {
  const entry: { readonly [Key in keyof RestClientConfigEntry]?: unknown } =
    asObject(config?.[method]) ?? asObject(config?.[methodNamed(method) ?? method]) ?? {};
  return {
    isDisabled: entry.restPolicy === 'DISABLE',
    failsOnError: entry.restOnError === 'FAIL',
    restExclude: list(entry.restExclude),
    clientExclude: list(entry.clientExclude),
    taken:
      entry.restPolicy === 'OVERWRITE' ? list(entry.restOverwrite).filter((name) => !PROTECTED.includes(name)) : [],
  };
}

const list = (value: unknown) =>
  typeof value !== 'string'
    ? []
    : value
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');
