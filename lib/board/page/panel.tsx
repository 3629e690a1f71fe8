/** One thing in full: a name with its streams, or the row of a stream, a call or a session. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Row, StreamItem } from './answers.ts';
import { useAnswer } from './asking.ts';
import type { BoardState } from './board-state.ts';
import type { BanKey } from './dialogs.tsx';
import { isTime, localTime, plural, since } from './format.ts';
import { isPublisher } from './live.ts';
import type { Opened } from './route.ts';
import type { Shared } from './shared.ts';
import { NameText, NodeText, Text } from './text.tsx';

interface Props extends Shared {
  readonly opened: Opened;
  readonly board: BoardState;
  readonly close: () => void;
}

export function Panel(props: Props) {
  const { opened, close } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) close();
    };
    addEventListener('keydown', escape);
    return () => removeEventListener('keydown', escape);
  }, []);
  return (
    <aside class="panel" aria-labelledby="panel-title">
      <div class="panel-head">
        <h2 id="panel-title" tabIndex={-1} ref={heading}>
          <small>{opened.kind}</small> <NameText name={opened.id} />
        </h2>
        <button type="button" aria-label="Close" onClick={close}>
          ×
        </button>
      </div>
      {opened.kind === 'name' ? <OfName {...props} /> : <OfRow {...props} />}
    </aside>
  );
}

function OfName({ opened, board, rights, ask, ...shared }: Props) {
  const streams = board.streams.filter(({ name = '' }) => name === opened.id);
  const publishers = streams.filter(isPublisher);
  const viewers = streams.filter((stream) => !isPublisher(stream));
  return (
    <>
      {rights.has('ban') && opened.id !== '' && (
        <p class="actions">
          <button
            type="button"
            class="danger"
            onClick={() => ask({ kind: 'ban', keys: [{ type: 'name', id: opened.id }] })}
          >
            Ban this name …
          </button>
        </p>
      )}
      <h3>{plural(publishers.length, 'publisher')}</h3>
      <Streams {...shared} streams={publishers} rights={rights} ask={ask} />
      <h3>{plural(viewers.length, 'viewer')}</h3>
      <Streams {...shared} streams={viewers} rights={rights} ask={ask} />
    </>
  );
}

const AT_FIRST = 50;

function Streams({
  streams,
  now,
  hrefOf,
  rights,
  ask,
}: Pick<Props, 'now' | 'hrefOf' | 'rights' | 'ask'> & { streams: readonly StreamItem[] }) {
  const [shown, setShown] = useState(AT_FIRST);
  return (
    <ul class="streams">
      {streams.slice(0, shown).map((stream) => (
        <li key={stream.mediaSessionId}>
          <a href={hrefOf({ opened: { kind: 'stream', id: stream.mediaSessionId } })}>
            <Text>{stream.mediaSessionId}</Text>
          </a>
          <span class="muted">
            {since(stream.startedAt, now) ?? '–'} on <NodeText nodeId={stream.nodeId} />
          </span>
          {rights.has('stop') && (
            <button type="button" onClick={() => ask({ kind: 'stop', stream })}>
              Stop … <span class="for-readers">stream {stream.mediaSessionId}</span>
            </button>
          )}
        </li>
      ))}
      {streams.length > shown && (
        <li>
          <button type="button" onClick={() => setShown(shown + AT_FIRST)}>
            Show more of {streams.length.toLocaleString('en')}
          </button>
        </li>
      )}
    </ul>
  );
}

function OfRow({ api, opened, board, now, hrefOf, rights, ask }: Props) {
  const { kind, id } = opened as Opened & { kind: 'stream' | 'call' | 'session' };
  const { answer: row, problem } = useAnswer(() => api.row(kind, id), [api, kind, id]);
  if (!row)
    return (
      <p class="empty">
        {!problem ? 'Loading …' : problem.kind === 'missing' ? `There is no such ${kind}.` : problem.message}
      </p>
    );
  const ofSession = kind === 'session' ? board.streams.filter(({ sessionId }) => sessionId === id) : [];
  const keys = banKeysOf(row);
  return (
    <>
      {problem && <p role="alert">{problem.message}. What is shown may be out of date.</p>}
      <p class="actions">
        {kind === 'stream' && rights.has('stop') && row['phase'] === 'live' && (
          <button
            type="button"
            class="danger"
            onClick={() =>
              ask({
                kind: 'stop',
                stream: { ...(row as unknown as StreamItem), mediaSessionId: id },
                sub: textOf(row['sub']),
                isSilent: row['keepAlive'] !== true,
              })
            }
          >
            Stop …
          </button>
        )}
        {rights.has('ban') && keys.length > 0 && (
          <button type="button" class="danger" onClick={() => ask({ kind: 'ban', keys })}>
            Ban …
          </button>
        )}
      </p>
      <dl class="fields">
        {Object.entries(row).map(([field, value]) => (
          <div key={field}>
            <dt>{field}</dt>
            <dd>
              <Value field={field} value={value} kind={kind} now={now} hrefOf={hrefOf} />
            </dd>
          </div>
        ))}
      </dl>
      {ofSession.length > 0 && (
        <>
          <h3>{plural(ofSession.length, 'live stream')}</h3>
          <Streams streams={ofSession} now={now} hrefOf={hrefOf} rights={rights} ask={ask} />
        </>
      )}
    </>
  );
}

function Value({
  field,
  value,
  kind,
  now,
  hrefOf,
}: { field: string; value: unknown; kind: Opened['kind'] } & Pick<Props, 'now' | 'hrefOf'>) {
  const text = textOf(value);
  if (isTime(value)) return <time dateTime={value}>{localTime(value, now)}</time>;
  if (field === 'phase') return <span class={`badge ${text}`}>{text}</span>;
  const to = LINKS[field];
  if (to === undefined || to === kind || text === undefined) return <Text>{text}</Text>;
  return (
    <a href={hrefOf({ opened: { kind: to, id: text } })}>
      <Text>{text}</Text>
    </a>
  );
}

/** The fields that lead to something else. */
const LINKS: Readonly<Record<string, Opened['kind']>> = { name: 'name', sessionId: 'session', parentCallId: 'call' };

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : typeof value === 'string' ? value : JSON.stringify(value);

const banKeysOf = ({ sub, sessionId, name }: Row): BanKey[] =>
  Object.entries({ sub, session: sessionId, name }).flatMap(([type, id]) =>
    typeof id === 'string' && id !== '' ? [{ type, id } as BanKey] : [],
  );
