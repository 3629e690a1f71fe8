/** A list that a view asks for itself, again every few seconds while it is shown. */
import { useEffect, useState } from 'preact/hooks';
import { problemOf, type ApiError } from './api.ts';
import { clock } from './hooks.ts';
import { createPoller } from './poll.ts';

export interface Answered<Answer> {
  readonly answer?: Answer;
  readonly problem?: ApiError;
}

/** @param again asks at once when one of them changes */
export function useAnswer<Answer>(ask: () => Promise<Answer>, again: readonly unknown[]): Answered<Answer> {
  const [state, setState] = useState<Answered<Answer>>({});
  useEffect(() => {
    let isShown = true;
    const poller = createPoller(async () => {
      try {
        const answer = await ask();
        if (isShown) setState({ answer });
        return 'ok';
      } catch (error) {
        const problem = problemOf(error);
        if (isShown) setState((before) => ({ ...before, problem }));
        return problem.kind === 'failed' || problem.kind === 'unreachable' ? 'failed' : 'final';
      }
    }, clock);
    const watch = () => poller.watch(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', watch);
    watch();
    return () => {
      isShown = false;
      document.removeEventListener('visibilitychange', watch);
      poller.stop();
    };
  }, again);
  return state;
}
