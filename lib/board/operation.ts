/** One thing that the board can be asked, and the right that it takes. */
import type { BoardRequest } from './request.ts';

/** What a token's claim `board` may list; `read` is for everything that is shown. */
export const RIGHTS = ['read', 'stop', 'ban'] as const;
export type Right = (typeof RIGHTS)[number];

/** One request, with what its path names and who asks. */
export interface Asked extends Pick<BoardRequest, 'query' | 'body' | 'headers'> {
  /** Of a row, in the form in which rows have it; empty where the path names none. */
  readonly id: string;
  readonly sub: string | undefined;
  readonly signal: AbortSignal;
  /** Has the log say what was changed, so that one can find out later who stopped or banned whom. */
  readonly note: (id: string) => void;
}

export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As OpenAPI and the log have it. An id stands for anything, slashes too. */
  readonly path: string;
  readonly right: Right;
  /** @throws Problem */
  run(asked: Asked): Promise<object>;
}
