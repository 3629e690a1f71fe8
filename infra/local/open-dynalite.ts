/** Opens dynalite together with its store, which dynalite does not expose: it is caught when dynalite creates it. */
import dynalite from 'dynalite';
import inside, { type Store } from 'dynalite/db/index.js';
import type { Server } from 'node:http';

/** @returns the server, which does not listen yet, and the store, which is not open yet */
export function openDynalite(options: { path?: string }): { server: Server; store: Store } {
  const create = inside.create.bind(inside);
  let store: Store | undefined;
  inside.create = (given) => (store = create(given));
  try {
    const server = dynalite({ ...options, createTableMs: 0 });
    if (!store) throw new Error('this version of dynalite creates its store elsewhere');
    return { server, store };
  } finally {
    inside.create = create;
  }
}
