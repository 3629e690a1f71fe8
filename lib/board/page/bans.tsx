/** Who is kept out, until when and why; and what lifts it. */
import { useMemo } from 'preact/hooks';
import type { Ban } from './answers.ts';
import { useAnswer } from './asking.ts';
import { localTime } from './format.ts';
import { matcher } from './search.ts';
import type { Shared } from './shared.ts';
import { Table, type Column } from './table.tsx';
import { Text } from './text.tsx';
import { Nothing } from './views.tsx';

/** @param notice what was done last: the list is asked for anew */
export function Bans({ api, now, route, rights, ask, notice }: Shared & { notice: string }) {
  const { answer, problem } = useAnswer(() => api.bans(), [api, notice]);
  const bans = answer?.items ?? [];
  const found = useMemo(() => {
    const matches = matcher(route.search);
    return bans.filter(({ key, reason, by }) => matches(key, reason, by));
  }, [answer, route.search]);
  const columns: Column<Ban>[] = [
    { title: 'Who', value: ({ key }) => key, cell: ({ key }) => <Text>{key}</Text>, share: 3 },
    {
      title: 'Until',
      value: ({ until }) => until,
      cell: ({ until }) => (until === undefined ? 'lifted' : localTime(until, now)),
      share: 1.6,
    },
    { title: 'Why', value: ({ reason }) => reason, cell: ({ reason }) => <Text>{reason}</Text>, share: 2 },
    { title: 'By', value: ({ by }) => by, cell: ({ by }) => <Text>{by}</Text>, kind: 'extra', share: 1.2 },
    {
      title: 'Since',
      value: ({ at }) => at,
      cell: ({ at }) => (at === undefined ? '–' : localTime(at, now)),
      kind: 'extra',
      descends: true,
      share: 1.6,
    },
    ...(rights.has('ban') ? [liftColumn(ask)] : []),
  ];
  return (
    <>
      <div class="choices">
        {rights.has('ban') && (
          <button type="button" onClick={() => ask({ kind: 'ban', keys: [] })}>
            Ban somebody …
          </button>
        )}
        {problem && <span role="alert">{problem.message}</span>}
      </div>
      {found.length === 0 ? (
        <Nothing
          board={{ ...(answer ? { receivedAt: 0 } : {}), ...(problem ? { problem } : {}) }}
          what="Nobody is banned."
          isSearched={bans.length > 0}
        />
      ) : (
        <Table caption="Bans" rows={found} columns={columns} keyOf={({ key }) => key} sortedBy="Since" />
      )}
    </>
  );
}

const liftColumn = (ask: Shared['ask']): Column<Ban> => ({
  title: 'Lift',
  value: () => undefined,
  cell: ({ key }) => (
    <button type="button" onClick={() => ask({ kind: 'lift', key })}>
      Lift <span class="for-readers">the ban on {key}</span>
    </button>
  ),
});
