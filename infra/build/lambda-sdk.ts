/**
 * Stands in for what the SDK's clients import and our Lambdas do not need. Bundles only (infra/build/build.ts): saves 25 KB each.
 * lib/platform/request-handler.ts sends requests, nothing discovers DynamoDB's endpoint, and Node computes the hashes.
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

/** SQS's client looks for the invocation's trace id here, and then in the environment, where it is. */
export const InvokeStore = { getInstanceAsync: () => Promise.resolve(undefined) };

/** SQS's client checks with it that a message arrived intact. */
export class Md5 {
  readonly #hash: Hash = createHash('md5');

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}
