import type { RestClientConfig } from '../../lib/wcs/rest-client-config.ts';
import type { hooksUnderTest } from './hooks-under-test.ts';
import { NOW } from './tokens.ts';

export type Hooks = ReturnType<typeof hooksUnderTest>;

export const APP = { appKey: 'app', nodeId: 'node' };
export const SESSION = 'session-1';
/** A hook of the client, at the time of its token. */
export const send = (hooks: Hooks, method: string, fields: object = {}, at = NOW * 1000) =>
  hooks.send({ method, at, body: JSON.stringify({ ...APP, sessionId: SESSION, ...fields }) });
export const statusOf = async (...args: Parameters<typeof send>) => (await send(...args)).statusCode;

export const connect = (hooks: Hooks, token?: unknown, fields: object = {}) =>
  send(hooks, 'connect', { ...(token === undefined ? {} : { custom: { token } }), ...fields });
export const publish = (hooks: Hooks, name: string, fields: object = {}, at = NOW * 1000 + 1000) =>
  send(
    hooks,
    'publishStream',
    { mediaSessionId: `stream-${name}`, name, published: true, status: 'PENDING', ...fields },
    at,
  );

export const configOf = async (hooks: Hooks, token?: string) => {
  const { body = '' } = await connect(hooks, token);
  return (JSON.parse(body) as { restClientConfig: RestClientConfig }).restClientConfig;
};
export const having = (config: RestClientConfig, key: 'restOnError' | 'restPolicy', value: string) =>
  Object.entries(config)
    .filter(([, entry]) => entry[key] === value)
    .map(([method]) => method);
