/** What is live: by name, by node, by app, and the calls. */
import { useMemo } from 'preact/hooks';
import type { CallItem } from './answers.ts';
import type { BoardState } from './board-state.ts';
import { nodeAddress, since } from './format.ts';
import { groupsOf, sinceOf, type Group, type Grouping, type Live } from './live.ts';
import { callMatches, groupMatches, matcher } from './search.ts';
import type { Shared } from './shared.ts';
import { Table, type Column } from './table.tsx';
import { NameText, NodeText, Text } from './text.tsx';

interface LiveView extends Shared {
  readonly board: BoardState;
  readonly live: Live;
}

const many = (texts: readonly (string | undefined)[]) => {
  const different = new Set(texts.filter(Boolean));
  const [first] = different;
  return different.size > 1 ? `${different.size} of them` : first;
};

export function Groups({ grouping, board, live, now, route, hrefOf }: LiveView & { grouping: Grouping }) {
  const groups = useMemo(() => groupsOf(live, grouping), [live, grouping]);
  const found = useMemo(() => {
    const matches = matcher(route.search);
    return groups.filter((group) => groupMatches(matches, group));
  }, [groups, route.search]);

  const title = { names: 'Name', nodes: 'Node', apps: 'App' }[grouping];
  const link = ({ key }: Group) =>
    grouping === 'names' ? (
      <a href={hrefOf({ opened: { kind: 'name', id: key } })}>
        <NameText name={key} />
      </a>
    ) : (
      <a href={hrefOf({ view: 'names', opened: undefined, ...(grouping === 'nodes' ? { node: key } : { app: key }) })}>
        {grouping === 'nodes' && key ? (
          <NodeText nodeId={key} />
        ) : (
          <Text otherwise={`(no ${title.toLowerCase()})`}>{key}</Text>
        )}
      </a>
    );
  const columns: Column<Group>[] = [
    { title, value: ({ key }) => (grouping === 'nodes' ? nodeAddress(key) : key), cell: link, share: 3.4 },
    {
      title: 'Publishers',
      value: ({ publishers }) => publishers.length,
      cell: ({ publishers }) => count(publishers.length),
      kind: grouping === 'names' ? 'extra number' : 'number',
      descends: true,
      share: 1.7,
    },
    {
      title: 'Viewers',
      value: ({ viewers }) => viewers.length,
      cell: ({ viewers }) => count(viewers.length),
      kind: 'number',
      descends: true,
      share: 1.4,
    },
    ...(grouping === 'names' ? ofNames(now) : [CALLS_OF_GROUP]),
  ];
  if (found.length === 0)
    return <Nothing board={board} what="Nothing is live." isSearched={groups.length > 0 || isFiltered(route)} />;
  return (
    <Table
      caption={`What is live, by ${title.toLowerCase()}`}
      rows={found}
      columns={columns}
      keyOf={({ key }) => key}
      sortedBy={grouping === 'names' ? 'Viewers' : title}
      isOpen={({ key }) => route.opened?.kind === 'name' && route.opened.id === key}
    />
  );
}

const count = (number: number) => (number === 0 ? <span class="none">0</span> : number.toLocaleString('en'));
const isFiltered = ({ search, node, app }: Shared['route']) => search !== '' || node !== undefined || app !== undefined;

const CALLS_OF_GROUP: Column<Group> = {
  title: 'Calls',
  value: ({ calls }) => calls.length,
  cell: ({ calls }) => count(calls.length),
  kind: 'number',
  descends: true,
  share: 1.2,
};

const placeOf =
  (part: 'nodeId' | 'appKey') =>
  ({ publishers, viewers }: Group) =>
    many((publishers.length > 0 ? publishers : viewers).map((stream) => stream[part]));

const ofNames = (now: number): Column<Group>[] => [
  {
    title: 'Live for',
    value: (group) => negated(sinceOf(group)),
    cell: (group) => since(sinceOf(group), now) ?? '–',
    kind: 'number',
    descends: true,
    share: 1.6,
  },
  {
    title: 'Node',
    value: placeOf('nodeId'),
    cell: (group) => <NodeText nodeId={placeOf('nodeId')(group)} />,
    kind: 'extra',
    share: 2,
  },
  {
    title: 'App',
    value: placeOf('appKey'),
    cell: (group) => <Text>{placeOf('appKey')(group)}</Text>,
    kind: 'extra',
    share: 1.4,
  },
];

/** The earlier it began, the longer it lasts. */
const negated = (iso: string | undefined) => (iso === undefined ? undefined : -Date.parse(iso));

export function Calls({ board, live, now, route, hrefOf }: LiveView) {
  const found = useMemo(() => {
    const matches = matcher(route.search);
    return live.calls.filter((call) => callMatches(matches, call));
  }, [live, route.search]);
  const columns: Column<CallItem>[] = [
    {
      title: 'Caller → callee',
      value: ({ caller, callee }) => `${caller ?? ''} ${callee ?? ''}`,
      cell: (call) => (
        <a href={hrefOf({ opened: { kind: 'call', id: call.callId } })}>
          <Text>{call.caller}</Text> → <Text>{call.callee}</Text>
        </a>
      ),
      share: 4,
    },
    {
      title: 'State',
      value: ({ role }) => role,
      cell: ({ role }) => <span class={`badge ${role}`}>{role}</span>,
      share: 1.4,
    },
    {
      title: 'Direction',
      value: ({ incoming }) => (incoming ? 'in' : 'out'),
      cell: ({ incoming }) => (incoming ? 'in' : 'out'),
      kind: 'extra',
    },
    {
      title: 'For',
      value: ({ firstSeenAt }) => negated(firstSeenAt),
      cell: ({ firstSeenAt }) => since(firstSeenAt, now) ?? '–',
      kind: 'number',
      descends: true,
      share: 1.4,
    },
    {
      title: 'Node',
      value: ({ nodeId }) => nodeId,
      cell: ({ nodeId }) => <NodeText nodeId={nodeId} />,
      kind: 'extra',
      share: 2,
    },
    {
      title: 'App',
      value: ({ appKey }) => appKey,
      cell: ({ appKey }) => <Text>{appKey}</Text>,
      kind: 'extra',
      share: 1.4,
    },
  ];
  if (found.length === 0)
    return (
      <Nothing
        board={board}
        what="No call is ringing or talking."
        isSearched={live.calls.length > 0 || isFiltered(route)}
      />
    );
  return (
    <Table
      caption="Calls"
      rows={found}
      columns={columns}
      keyOf={({ callId }) => callId}
      sortedBy="For"
      isOpen={({ callId }) => route.opened?.kind === 'call' && route.opened.id === callId}
    />
  );
}

/** In place of a table without rows. */
export function Nothing({
  board,
  what,
  isSearched,
}: {
  board: Pick<BoardState, 'receivedAt' | 'problem'>;
  what: string;
  isSearched: boolean;
}) {
  if (board.receivedAt !== undefined) return <p class="empty">{isSearched ? 'Nothing here matches.' : what}</p>;
  return <p class="empty">{board.problem ? 'Nothing could be loaded yet.' : 'Loading …'}</p>;
}
