/** Whether what is shown is true now, and what to do if it is not. */
import { useState } from 'preact/hooks';
import type { ApiError } from './api.ts';
import type { BoardState } from './board-state.ts';
import { duration, localTime, plural } from './format.ts';
import type { TokenFacts } from './token.ts';

/** Older figures are called old. */
const OLD = 15_000;

export function State({ board, now, again }: { board: BoardState; now: number; again: () => void }) {
  const { receivedAt, problem, offset } = board;
  const age = receivedAt === undefined ? undefined : now - offset - receivedAt;
  if (!problem) {
    const text =
      age === undefined
        ? 'loading …'
        : board.samples.length === 0
          ? `loading … ${plural(board.streams.length, 'stream')}`
          : age > OLD
            ? `${duration(age)} old`
            : 'live';
    return <span class={text === 'live' ? 'state live' : 'state'}>{text}</span>;
  }
  return (
    <span class="state broken" role="alert">
      {problem.kind === 'unreachable' ? 'not reachable' : problem.message}
      {age === undefined ? '' : `; this is ${duration(age)} old`}
      <button type="button" onClick={again}>
        Try now
      </button>
    </span>
  );
}

interface Needed {
  readonly problem: ApiError;
  /** What the token says that was not accepted, if there was one. */
  readonly facts: TokenFacts | undefined;
  readonly now: number;
  readonly onToken: (token: string) => void;
  readonly again: () => void;
}

/** Shown in place of the board where it may not be read. */
export function TokenNeeded({ problem, facts, now, onToken, again }: Needed) {
  const [text, setText] = useState('');
  const isExpired = facts?.expiresAt !== undefined && facts.expiresAt <= now;
  return (
    <main class="door">
      <h1>Board</h1>
      <p role="alert">{doorText(problem, facts, isExpired, now)}</p>
      {problem.kind !== 'missing' && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim()) onToken(text.trim());
          }}
        >
          <label>
            Token
            <input
              type="password"
              autocomplete="off"
              value={text}
              onInput={({ currentTarget }) => setText(currentTarget.value)}
            />
          </label>
          <button type="submit" class="primary">
            Open
          </button>
        </form>
      )}
      <p class="muted">
        {problem.message}{' '}
        <button type="button" onClick={again}>
          Try again
        </button>
      </p>
    </main>
  );
}

function doorText(problem: ApiError, facts: TokenFacts | undefined, isExpired: boolean, now: number): string {
  if (problem.kind === 'missing')
    return 'There is no board here: this stage has no token settings, so the board cannot tell who may see it.';
  if (problem.kind === 'forbidden')
    return 'This token does not allow reading the board: its claim "board" lacks "read".';
  if (isExpired)
    return `Your token has expired (${localTime(new Date(facts?.expiresAt ?? 0).toISOString(), now)}). Open a new link, or paste a new token.`;
  if (facts) return 'Your token was not accepted. Open a new link, or paste another token.';
  return 'The board needs a token. Open the link you were given, or paste the token here. "npm run token -- --sub NAME --board read" creates one.';
}
