/** The board's operations: docs/board.openapi.json describes each, and a test compares the two. */
import { MAX_KEY_BYTES } from '../state/storable.ts';
import type { KindName } from '../state/row.ts';
import type { BanTable } from '../store/ban-table.ts';
import type { BoardStore } from '../store/board-store.ts';
import { redactId } from '../wcs/redact-id.ts';
import * as v from 'valibot';
import { createBanOperations } from './ban-operations.ts';
import { readJson } from './json-body.ts';
import { createLists } from './lists.ts';
import type { Operation } from './operation.ts';
import {
  ClosedSchema,
  LiveSchema,
  NothingSchema,
  readQuery,
  ReasonSchema,
  shownReason,
  validated,
} from './parameters.ts';
import { Problem } from './problem.ts';
import { SHOWN, shownOf } from './shown.ts';

const StopSchema = v.strictObject({ reason: ReasonSchema });

interface Parts {
  readonly store: BoardStore;
  /** Undefined where bans are off. */
  readonly bans: BanTable | undefined;
  readonly now: () => number;
}

export function createOperations({ store, bans, now }: Parts): readonly Operation[] {
  const lists = createLists(store, now);

  const rowOf = (path: string, kind: KindName, key: string): Operation => ({
    method: 'GET',
    path: `/board/${path}/{id}`,
    right: 'read',
    async run({ id, query, signal }) {
      readQuery(WithIdSchema, query);
      const row = await store.row(kind, id, signal);
      if (!row) throw new Problem(404, `there is no ${kind} with this id`);
      return { [kind]: { [key]: id, ...shownOf(SHOWN[kind], row) } };
    },
  });

  return [
    {
      method: 'GET',
      path: '/board/live',
      right: 'read',
      run: async ({ query, signal }) => lists.live(readQuery(LiveSchema, query), signal),
    },
    {
      method: 'GET',
      path: '/board/closed',
      right: 'read',
      run: async ({ query, signal }) => lists.closed(readQuery(ClosedSchema, query), signal),
    },
    rowOf('streams', 'stream', 'mediaSessionId'),
    rowOf('calls', 'call', 'callId'),
    rowOf('sessions', 'session', 'sessionId'),
    {
      method: 'POST',
      path: '/board/streams/{id}/stop',
      right: 'stop',
      async run({ id, query, body, headers, sub, signal, note }) {
        note(id);
        readQuery(WithIdSchema, query);
        const { reason: given } = validated(StopSchema, readJson({ body, headers }), 'member');
        const reason = shownReason(given);
        const stop = { ...(reason === undefined ? {} : { reason }), ...(sub === undefined ? {} : { by: sub }) };
        if (!(await store.stop(id, stop, signal))) throw new Problem(404, 'there is no stream with this id');
        return { stop: { mediaSessionId: id, ...stop } };
      },
    },
    ...createBanOperations(bans, now),
  ];
}

/** API Gateway cuts a path at an encoded `?`, and may leave `%25` in it: an id with one of them comes as this parameter. */
const WithIdSchema = v.strictObject({ ...NothingSchema.entries, id: v.optional(v.string()) });

/** The id that a request names: its parameter `id`, else the id in its path. */
export function idOf(inPath: string, query: URLSearchParams): string {
  const id = redactId((query.get('id') ?? inPath).toWellFormed());
  if (id === '' || Buffer.byteLength(id) > MAX_KEY_BYTES) throw new Problem(404, 'no row can have this id');
  return id;
}
