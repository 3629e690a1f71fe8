/** SHA-256 for the SDK's signer, in a third of the time: from a key in bytes, Node would make a KeyObject for each HMAC. */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** By the object that holds the key's bytes, which the signer keeps: it derives one key a day. */
const keys = new WeakMap<object, KeyObject>();

export class Sha256 {
  readonly #secret: string | KeyObject | undefined;
  #parts: Uint8Array[] = [];

  constructor(secret?: Bytes) {
    this.#secret = typeof secret === 'object' ? keyOf(secret) : secret;
  }

  update(data: Uint8Array): void {
    this.#parts.push(data);
  }

  digest(): Promise<Uint8Array> {
    const [first = Buffer.alloc(0)] = this.#parts;
    const data = this.#parts.length > 1 ? Buffer.concat(this.#parts) : first;
    const secret = this.#secret;
    return Promise.resolve(
      secret === undefined ? hash('sha256', data, 'buffer') : createHmac('sha256', secret).update(data).digest(),
    );
  }

  reset(): void {
    this.#parts = [];
  }
}

function keyOf(secret: ArrayBuffer | ArrayBufferView): KeyObject {
  let key = keys.get(secret);
  if (!key) {
    key = createSecretKey(
      ArrayBuffer.isView(secret)
        ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
        : Buffer.from(secret),
    );
    keys.set(secret, key);
  }
  return key;
}
