/** Keeps what is live up to date while the page is looked at. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { CallItem, StreamItem, Totals } from './answers.ts';
import { problemOf, type Api, type ApiError, type Listed } from './api.ts';
import { clock } from './hooks.ts';
import { createPoller, type Poller } from './poll.ts';
import { withSample, type Sample } from './samples.ts';

export interface BoardState {
  readonly streams: readonly StreamItem[];
  readonly calls: readonly CallItem[];
  readonly totals: Required<Totals>;
  /** False while the first pages come in, and if there are more rows than the page takes. */
  readonly isWhole: boolean;
  /** When the answer came, in epoch milliseconds; undefined before the first one. */
  readonly receivedAt?: number;
  /** How much the API's clock is ahead of the browser's, in milliseconds. */
  readonly offset: number;
  readonly samples: readonly Sample[];
  readonly problem?: ApiError;
}

const NOTHING: BoardState = {
  streams: [],
  calls: [],
  totals: { publishing: 0, playing: 0, ringing: 0, talking: 0 },
  isWhole: false,
  offset: 0,
  samples: [],
};

const WILL_NOT_CHANGE = new Set(['token', 'forbidden', 'missing']);

export function useBoard(api: Api): { board: BoardState; again: () => void } {
  const [board, setBoard] = useState(NOTHING);
  const poller = useRef<Poller>(undefined);

  useEffect(() => {
    let isFirst = true;
    const showFirst = (streams: Listed<StreamItem>) => {
      if (isFirst) setBoard((before) => stateOf(before, streams, before.calls, before.totals));
    };
    const ask = async () => {
      try {
        const [streams, calls] = await Promise.all([api.streams(showFirst), api.calls()]);
        isFirst = false;
        setBoard((before) => {
          const after = stateOf(before, streams, calls.items, calls.totals);
          return {
            ...after,
            isWhole: streams.isWhole && calls.isWhole,
            samples: withSample(before.samples, sampleOf(after)),
          };
        });
        return 'ok';
      } catch (error) {
        const problem = problemOf(error);
        setBoard((before) => ({ ...before, problem }));
        return WILL_NOT_CHANGE.has(problem.kind) ? 'final' : 'failed';
      }
    };
    const created = createPoller(ask, clock);
    const watch = () => created.watch(document.visibilityState === 'visible');
    poller.current = created;
    document.addEventListener('visibilitychange', watch);
    watch();
    return () => {
      document.removeEventListener('visibilitychange', watch);
      created.stop();
    };
  }, [api]);

  return { board, again: useMemo(() => () => poller.current?.again(), []) };
}

function stateOf(
  before: BoardState,
  { at, totals, items }: Listed<StreamItem>,
  calls: readonly CallItem[],
  totalsOfCalls: Totals,
): BoardState {
  const receivedAt = Date.now();
  const { problem: _, ...rest } = before;
  return {
    ...rest,
    streams: items,
    calls,
    totals: {
      publishing: totals.publishing ?? 0,
      playing: totals.playing ?? 0,
      ringing: totalsOfCalls.ringing ?? 0,
      talking: totalsOfCalls.talking ?? 0,
    },
    isWhole: false,
    receivedAt,
    offset: Date.parse(at) - receivedAt || 0,
  };
}

const sampleOf = ({ totals, receivedAt = 0 }: BoardState): Sample => ({
  at: receivedAt,
  publishers: totals.publishing,
  viewers: totals.playing,
  calls: totals.ringing + totals.talking,
});
