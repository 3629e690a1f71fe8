import { useMemo, useState } from 'preact/hooks';
import { createApi } from './api.ts';
import { useBoard } from './board-state.ts';
import { Dialogs, type Asked } from './dialogs.tsx';
import { Figures } from './figures.tsx';
import { useNow, useRoute } from './hooks.ts';
import { within } from './live.ts';
import { Panel } from './panel.tsx';
import type { Route } from './route.ts';
import { fragmentOf } from './route.ts';
import { State, TokenNeeded } from './state.tsx';
import { readToken } from './token.ts';
import { Bans } from './bans.tsx';
import { Closed } from './closed.tsx';
import { Calls, Groups } from './views.tsx';

const TITLES = {
  names: 'Names',
  nodes: 'Nodes',
  apps: 'Apps',
  calls: 'Calls',
  closed: 'Last 15 minutes',
  bans: 'Bans',
} as const;

interface Props {
  readonly token: string | undefined;
  readonly onToken: (token: string) => void;
}

export function App({ token, onToken }: Props) {
  const api = useMemo(() => createApi(token), [token]);
  const facts = useMemo(() => readToken(token), [token]);
  const { board, again } = useBoard(api);
  const [route, go] = useRoute();
  const now = useNow(board.offset);
  const [asked, ask] = useState<Asked>();
  const [notice, setNotice] = useState('');

  const { streams, calls, problem } = board;
  const live = useMemo(() => within({ streams, calls }, route), [streams, calls, route.node, route.app]);
  const hrefOf = (change: Partial<Route>) => fragmentOf({ ...route, ...change });
  const views = Object.keys(TITLES) as (keyof typeof TITLES)[];
  const shared = { api, now, route, hrefOf, rights: facts.rights, ask };

  if (problem?.kind === 'token' || problem?.kind === 'forbidden' || problem?.kind === 'missing') {
    return (
      <TokenNeeded
        problem={problem}
        facts={token === undefined ? undefined : facts}
        now={now}
        onToken={onToken}
        again={again}
      />
    );
  }
  return (
    <>
      <header>
        <h1>Board</h1>
        <State board={board} now={now} again={again} />
        {facts.sub !== undefined && (
          <span class="who">
            as <bdi>{facts.sub}</bdi>
          </span>
        )}
      </header>
      <Figures board={board} />
      <nav aria-label="Views">
        {views.map((view) => (
          <a
            key={view}
            href={hrefOf({ view, opened: undefined })}
            aria-current={route.view === view ? 'page' : undefined}
          >
            {TITLES[view]}
          </a>
        ))}
      </nav>
      <div class="filters">
        <input
          type="search"
          aria-label={`Search in ${TITLES[route.view]}`}
          placeholder="Search: a name, an id, a node …"
          value={route.search}
          onInput={({ currentTarget }) => go({ search: currentTarget.value }, true)}
        />
        {(['node', 'app'] as const).map(
          (filter) =>
            route[filter] !== undefined && (
              <a key={filter} class="chip" href={hrefOf({ [filter]: undefined })} title={`Show every ${filter} again`}>
                {filter} <bdi>{route[filter] || '–'}</bdi> <span aria-hidden="true">×</span>
                <span class="for-readers">, remove this filter</span>
              </a>
            ),
        )}
      </div>
      <div class={route.opened ? 'content with-panel' : 'content'}>
        <main>
          {route.view === 'closed' && <Closed {...shared} />}
          {route.view === 'bans' && <Bans {...shared} notice={notice} />}
          {route.view === 'calls' && <Calls {...shared} board={board} live={live} />}
          {(route.view === 'names' || route.view === 'nodes' || route.view === 'apps') && (
            <Groups key={route.view} {...shared} grouping={route.view} board={board} live={live} />
          )}
        </main>
        {route.opened && (
          <Panel
            key={`${route.opened.kind} ${route.opened.id}`}
            {...shared}
            opened={route.opened}
            board={board}
            close={() => go({ opened: undefined })}
          />
        )}
      </div>
      <Dialogs api={api} asked={asked} now={now} close={() => ask(undefined)} onDone={setNotice} />
      <p class={notice ? 'notice' : 'for-readers'} role="status">
        {notice}
        {notice && (
          <button type="button" onClick={() => setNotice('')}>
            OK
          </button>
        )}
      </p>
    </>
  );
}
