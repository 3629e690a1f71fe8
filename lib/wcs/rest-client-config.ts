/** What our answer to `connect` tells WCS about the methods of this client: its `restClientConfig`. */
import { isDeepStrictEqual } from 'node:util';
import { carriesSdp, METHOD_NAMES, type MethodName } from './methods.ts';

/** All five keys are given always, so that nothing depends on a WCS version's defaults. Lists are comma-separated. */
export interface RestClientConfigEntry {
  clientExclude: string;
  restExclude: string;
  restOnError: 'LOG' | 'FAIL';
  restPolicy: 'NOTIFY' | 'OVERWRITE' | 'DISABLE';
  restOverwrite: string;
}
export type RestClientConfig = Partial<Record<MethodName, RestClientConfigEntry>>;

/** What an answer can put into a field. */
export type JsonScalar = string | number | boolean | null;

/** WCS takes these from no answer. */
export const PROTECTED_FIELDS: readonly string[] = ['nodeId', 'sessionId', 'appKey'];

export interface ConfigRules {
  /** Where a denial of ours must bind, or an error of ours shall be the client's too. */
  readonly failMethods: ReadonlySet<MethodName>;
  /** The fields that WCS is to take from our answers. */
  readonly overwrites: Readonly<Partial<Record<MethodName, readonly string[]>>>;
}

/** WCS's own. */
export const DEFAULT_ENTRY: RestClientConfigEntry = {
  clientExclude: '',
  restExclude: '',
  restOnError: 'LOG',
  restPolicy: 'NOTIFY',
  restOverwrite: '',
};

/** Methods that need no entry get none. */
export function restClientConfig({ failMethods, overwrites }: ConfigRules): RestClientConfig {
  const entries = METHOD_NAMES.map((method): [MethodName, RestClientConfigEntry] => {
    const overwritten = overwrites[method] ?? [];
    return [
      method,
      {
        ...DEFAULT_ENTRY,
        restExclude: carriesSdp(method) ? 'sdp' : '',
        restOnError: failMethods.has(method) ? 'FAIL' : 'LOG',
        restPolicy: overwritten.length > 0 ? 'OVERWRITE' : 'NOTIFY',
        restOverwrite: overwritten.join(','),
      },
    ];
  });
  return Object.fromEntries(entries.filter(([, entry]) => !isDeepStrictEqual(entry, DEFAULT_ENTRY)));
}
