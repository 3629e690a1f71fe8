/** What the components share of the browser: the clock, the window, the fragment. */
import { useEffect, useState } from 'preact/hooks';
import type { Clock } from './poll.ts';
import { fragmentOf, routeOf, type Route } from './route.ts';

export const clock: Clock = {
  now: () => Date.now(),
  later(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** @returns the time by the API's clock, each second anew */
export function useNow(offset: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now + offset;
}

/** @returns what the fragment says, and what changes it: as a step to go back to, or (`silently`) not */
export function useRoute(): [Route, (change: Partial<Route>, silently?: boolean) => void] {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const follow = () => setRoute(routeOf(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return [
    route,
    (change, silently = false) => {
      const fragment = fragmentOf({ ...routeOf(location.hash), ...change });
      if (!silently) location.hash = fragment;
      else {
        history.replaceState(null, '', fragment);
        setRoute(routeOf(fragment));
      }
    },
  ];
}
