/**
 * What the SDK's clients import and do not need in a Lambda of ours. Bundles only (infra/build/build.ts): 25 KB of each.
 * Requests are sent by lib/platform/request-handler.ts, DynamoDB's endpoint is discovered by nobody, and Node has its hashes.
 */
import { createHash, type Hash } from 'node:crypto';

export { Sha256 } from '../../lib/platform/sha256.ts';

/** Each client is given a handler. */
export const NodeHttpHandler = { create: <Handler>(given: Handler): Handler => given };
/** Answers come as bytes. */
export const streamCollector = (body: unknown) =>
  Promise.reject(new TypeError(`no stream expected, got ${typeof body}`));

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => false,
  configFileSelector: () => false,
  default: false,
};
export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config;

/** SQS's client looks for the trace of the invocation here, and then in the environment, where it is. */
export const InvokeStore = { getInstanceAsync: () => Promise.resolve(undefined) };

/** By which SQS's client sees that a message arrived whole. */
export class Md5 {
  readonly #hash: Hash = createHash('md5');

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}
