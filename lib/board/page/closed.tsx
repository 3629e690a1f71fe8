/** What ended, was denied or got lost in the last 15 minutes, and why. */
import { useMemo, useState } from 'preact/hooks';
import type { ClosedItem } from './answers.ts';
import { useAnswer } from './asking.ts';
import { localTime, plural, reasonOf, since } from './format.ts';
import { closedMatches, matcher } from './search.ts';
import type { Shared } from './shared.ts';
import { Table, type Column } from './table.tsx';
import { NameText, NodeText, Text } from './text.tsx';
import { Nothing } from './views.tsx';

const PHASES = ['ended', 'denied', 'lost'] as const;

export function Closed({ api, now, route, hrefOf }: Shared) {
  const { answer, problem } = useAnswer(async () => {
    const [streams, calls] = await Promise.all([api.closed('streams'), api.closed('calls')]);
    return { items: [...streams.items, ...calls.items], isWhole: streams.isWhole && calls.isWhole };
  }, [api]);
  const [phase, setPhase] = useState<string>();
  const items = answer?.items ?? [];
  const found = useMemo(() => {
    const matches = matcher(route.search);
    return items.filter(
      (item) =>
        (phase === undefined || item.phase === phase) &&
        (route.node === undefined || item.nodeId === route.node) &&
        (route.app === undefined || item.appKey === route.app) &&
        closedMatches(matches, item),
    );
  }, [answer, phase, route.search, route.node, route.app]);

  const columns: Column<ClosedItem>[] = [
    {
      title: 'What',
      value: (item) => item.name ?? `${item.caller} ${item.callee}`,
      cell: (item) => <What item={item} hrefOf={hrefOf} />,
      share: 3,
    },
    {
      title: 'When',
      value: ({ closedAt }) => closedAt,
      cell: ({ closedAt }) => localTime(closedAt, now),
      descends: true,
      share: 1.8,
    },
    {
      title: 'Phase',
      value: ({ phase }) => phase,
      cell: ({ phase }) => <span class={`badge ${phase}`}>{phase}</span>,
      kind: 'extra',
      share: 1.1,
    },
    { title: 'Why', value: reasonOf, cell: (item) => <Text>{reasonOf(item)}</Text>, share: 2.6 },
    { title: 'Who', value: ({ sub }) => sub, cell: ({ sub }) => <Text>{sub}</Text>, kind: 'extra', share: 1.3 },
    {
      title: 'Lived for',
      value: lived,
      cell: (item) => since(item.startedAt, Date.parse(item.closedAt)) ?? '–',
      kind: 'extra number',
      share: 1.3,
    },
    {
      title: 'Node',
      value: ({ nodeId }) => nodeId,
      cell: ({ nodeId }) => <NodeText nodeId={nodeId} />,
      kind: 'extra',
      share: 1.6,
    },
  ];
  return (
    <>
      <div class="choices" role="group" aria-label="Phase">
        <Choice isChosen={phase === undefined} choose={() => setPhase(undefined)} text={`all ${items.length}`} />
        {PHASES.map((one) => (
          <Choice
            key={one}
            isChosen={phase === one}
            choose={() => setPhase(one)}
            text={`${one} ${items.filter((item) => item.phase === one).length}`}
          />
        ))}
        {problem && <span role="alert">{problem.message}</span>}
        {answer?.isWhole === false && <span>more than {plural(items.length, 'row')}</span>}
      </div>
      {found.length === 0 ? (
        <Nothing
          board={{ ...(answer ? { receivedAt: 0 } : {}), ...(problem ? { problem } : {}) }}
          what="Nothing ended, was denied or got lost."
          isSearched={items.length > 0}
        />
      ) : (
        <Table
          caption="What is over"
          rows={found}
          columns={columns}
          keyOf={idOf}
          sortedBy="When"
          isOpen={(item) => route.opened?.id === idOf(item)}
        />
      )}
    </>
  );
}

const idOf = ({ mediaSessionId, callId }: ClosedItem) => mediaSessionId ?? callId ?? '';
const lived = ({ startedAt, closedAt }: ClosedItem) =>
  startedAt === undefined ? undefined : Date.parse(closedAt) - Date.parse(startedAt);

function What({ item, hrefOf }: { item: ClosedItem; hrefOf: Shared['hrefOf'] }) {
  const kind = item.callId === undefined ? 'stream' : 'call';
  return (
    <a href={hrefOf({ opened: { kind, id: idOf(item) } })}>
      {kind === 'stream' ? (
        <NameText name={item.name} />
      ) : (
        <>
          <Text>{item.caller}</Text> → <Text>{item.callee}</Text>
        </>
      )}{' '}
      <small>{kind === 'call' ? 'call' : item.published === false ? 'viewer' : 'publisher'}</small>
    </a>
  );
}

function Choice({ isChosen, choose, text }: { isChosen: boolean; choose: () => void; text: string }) {
  return (
    <button type="button" aria-pressed={isChosen} onClick={choose}>
      {text}
    </button>
  );
}
