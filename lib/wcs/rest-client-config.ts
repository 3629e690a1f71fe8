/** What our answer to `connect` tells WCS about the methods of this client: its `restClientConfig`. */
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

/** `failMethods`: where an error of ours shall be the client's error too. Methods that need no entry get none. */
export function restClientConfig(failMethods: readonly MethodName[]): RestClientConfig {
  const entries = METHOD_NAMES.filter((method) => carriesSdp(method) || failMethods.includes(method)).map(
    (method): [MethodName, RestClientConfigEntry] => [
      method,
      {
        clientExclude: '',
        restExclude: carriesSdp(method) ? 'sdp' : '',
        restOnError: failMethods.includes(method) ? 'FAIL' : 'LOG',
        restPolicy: 'NOTIFY',
        restOverwrite: '',
      },
    ],
  );
  return Object.fromEntries(entries);
}
