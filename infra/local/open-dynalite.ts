/** dynalite, with the store that it keeps to itself: it is taken where it is made. */
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
    if (!store) throw new Error('this version of dynalite makes its store elsewhere');
    return { server, store };
  } finally {
    inside.create = create;
  }
}
