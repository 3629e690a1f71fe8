/** What the board can be asked: docs/board.openapi.json describes each, and a test holds the two together. */
import { storable, MAX_KEY_BYTES } from '../state/storable.ts';
import type { KindName } from '../state/row.ts';
import type { BoardStore } from '../store/board-store.ts';
import { redactId } from '../wcs/redact-id.ts';
import * as v from 'valibot';
import { createLists } from './lists.ts';
import { LiveSchema, NothingSchema, readQuery, validated } from './parameters.ts';
import { Problem } from './problem.ts';
import type { BoardRequest } from './request.ts';
import { SHOWN, shownOf } from './shown.ts';

/** What a token's claim `board` may list: `read` for all that is shown. */
export const RIGHTS = ['read', 'stop', 'ban'] as const;
export type Right = (typeof RIGHTS)[number];

/** One request, with what its path names and who asks. */
export interface Asked extends Pick<BoardRequest, 'query' | 'body' | 'headers'> {
  /** Of a row, in the form in which rows have it; empty where the path names none. */
  readonly id: string;
  readonly sub: string | undefined;
  readonly signal: AbortSignal;
}

export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As OpenAPI and the log have it. An id stands for anything, slashes too. */
  readonly path: string;
  readonly right: Right;
  /** @throws Problem */
  run(asked: Asked): Promise<object>;
}

/** As much as an attribute takes. */
const MOST_REASON_BYTES = 256;
const StopSchema = v.strictObject({
  reason: v.optional(
    v.pipe(
      v.string('reason is no text'),
      v.nonEmpty('reason is empty: give one, or leave it out'),
      v.maxBytes(MOST_REASON_BYTES, `reason has more than ${MOST_REASON_BYTES} bytes`),
    ),
  ),
});

export function createOperations(store: BoardStore, now: () => number): readonly Operation[] {
  const lists = createLists(store, now);

  const rowOf = (path: string, kind: KindName, key: string): Operation => ({
    method: 'GET',
    path: `/board/${path}/{id}`,
    right: 'read',
    async run({ id, query, signal }) {
      readQuery(WithIdSchema, query);
      const row = await store.row(kind, id, signal);
      if (!row) throw new Problem(404, `there is no ${kind} of this id`);
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
    rowOf('streams', 'stream', 'mediaSessionId'),
    rowOf('sessions', 'session', 'sessionId'),
    {
      method: 'POST',
      path: '/board/streams/{id}/stop',
      right: 'stop',
      async run({ id, query, body, headers, sub, signal }) {
        readQuery(WithIdSchema, query);
        const { reason: given } = validated(StopSchema, readJson(body, headers), 'member');
        const reason = given === undefined ? undefined : storable(given);
        const stop = { ...(typeof reason === 'string' ? { reason } : {}), ...(sub === undefined ? {} : { by: sub }) };
        if (!(await store.stop(id, stop, signal))) throw new Problem(404, 'there is no stream of this id');
        return { stop: { mediaSessionId: id, ...stop } };
      },
    },
  ];
}

/** API Gateway cuts a path at an encoded `?`: an id that has one comes as this parameter. */
const WithIdSchema = v.strictObject({ ...NothingSchema.entries, id: v.optional(v.string()) });

/** The id that a request names: its parameter `id`, else what stands in the path. */
export function idOf(inPath: string, query: URLSearchParams): string {
  const id = redactId((query.get('id') ?? inPath).toWellFormed());
  if (id === '' || Buffer.byteLength(id) > MAX_KEY_BYTES) throw new Problem(404, 'no row can have this id');
  return id;
}

const MOST_BODY_BYTES = 4096;

/** A body may be absent: then it says nothing. */
function readJson(body: Buffer, { 'content-type': type = '' }: Asked['headers']): unknown {
  if (body.length === 0) return {};
  if (body.length > MOST_BODY_BYTES) throw new Problem(413, `the body has more than ${MOST_BODY_BYTES} bytes`);
  if (!/^application\/json\b/i.test(type)) throw new Problem(415, 'the body must be application/json');
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    // The parser's own message quotes the body.
    throw new Problem(400, 'the body is not JSON: expected a JSON object');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Problem(400, 'the body is no JSON object');
}
