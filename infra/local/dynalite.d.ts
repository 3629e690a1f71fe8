declare module 'dynalite' {
  import type { Server } from 'node:http';
  export default function dynalite(options?: { path?: string; createTableMs?: number }): Server;
}

/** The part of dynalite's internals that change-capture.ts wraps. */
declare module 'dynalite/db/index.js' {
  export interface Write {
    readonly type: 'put' | 'del';
    readonly key: string;
    readonly value?: unknown;
  }
  type Callback = (error?: Error | null) => void;
  /** One LevelDB for everything. A row's key begins with `item-<table>~`. */
  export interface Database {
    open(): Promise<void>;
    get(key: string): Promise<unknown>;
    batch(writes: readonly Write[]): Promise<void>;
    put(key: string, value: unknown, callback?: Callback): unknown;
    del(key: string, callback?: Callback): unknown;
    iterator(range: { gte: string; lt: string }): AsyncIterable<[key: string, value: unknown]>;
  }
  export interface Store {
    readonly db: Database;
  }
  const inside: { create(options?: object): Store };
  export default inside;
}
