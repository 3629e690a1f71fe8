/** What changes something for somebody is confirmed first, with whom it is about, for how long, and why. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { StreamItem } from './answers.ts';
import { problemOf, type Api } from './api.ts';
import { since } from './format.ts';
import { NameText, NodeText, Text } from './text.tsx';

const KEY_TEXTS = { sub: 'the user', session: 'the session', name: 'the name' } as const;
export interface BanKey {
  readonly type: keyof typeof KEY_TEXTS;
  readonly id: string;
}

export type Asked =
  | {
      readonly kind: 'stop';
      readonly stream: StreamItem;
      readonly sub?: string | undefined;
      readonly isSilent?: boolean;
    }
  | { readonly kind: 'ban'; readonly keys: readonly BanKey[] }
  | { readonly kind: 'lift'; readonly key: string };

interface Props {
  readonly api: Api;
  readonly asked: Asked | undefined;
  readonly now: number;
  readonly close: () => void;
  /** @param notice what was done, in a sentence */
  readonly onDone: (notice: string) => void;
}

export function Dialogs({ asked, now, ...props }: Props) {
  if (asked?.kind === 'stop') return <StopDialog {...props} {...asked} now={now} />;
  if (asked?.kind === 'ban') return <BanDialog {...props} {...asked} />;
  if (asked?.kind === 'lift') return <LiftDialog {...props} banned={asked.key} />;
  return null;
}

type DialogProps = Omit<Props, 'asked' | 'now'>;

function StopDialog({
  api,
  stream,
  sub,
  isSilent = false,
  now,
  ...rest
}: DialogProps & Omit<Extract<Asked, { kind: 'stop' }>, 'kind'> & { now: number }) {
  const [reason, setReason] = useState('');
  return (
    <Dialog
      {...rest}
      title="Stop this stream?"
      confirm="Stop the stream"
      act={async () => {
        await api.stop(stream.mediaSessionId, reason);
        return `“${stream.name ?? stream.mediaSessionId}” will end with its next keep-alive.`;
      }}
    >
      <dl class="fields">
        <Fact title="name" value={<NameText name={stream.name} />} />
        <Fact title="who" value={<Text>{sub ?? stream.sessionId}</Text>} />
        <Fact title="live for" value={since(stream.startedAt, now) ?? '–'} />
        <Fact title="node" value={<NodeText nodeId={stream.nodeId} />} />
      </dl>
      <p>
        {isSilent
          ? 'It has sent no keep-alives: without them nothing stops it.'
          : 'WCS ends it with its next keep-alive, in about 10 seconds, where stopping is on.'}{' '}
        Its client can start it again: to prevent that, ban it.
      </p>
      <Reason value={reason} onChange={setReason} />
    </Dialog>
  );
}

const DURATIONS = [
  ['10m', '10 minutes'],
  ['1h', '1 hour'],
  ['1d', '1 day'],
  ['7d', '1 week'],
  ['30d', '30 days'],
  ['', 'until it is lifted'],
] as const;

function BanDialog({ api, keys, ...rest }: DialogProps & { keys: readonly BanKey[] }) {
  const [chosen, choose] = useState(0);
  const [own, setOwn] = useState<BanKey>({ type: 'sub', id: '' });
  const [duration, setDuration] = useState('1h');
  const [reason, setReason] = useState('');
  const { type, id } = keys[chosen] ?? own;
  return (
    <Dialog
      {...rest}
      title="Ban somebody?"
      confirm="Ban"
      act={async () => {
        await api.ban(`${type}:${id}`, duration || undefined, reason);
        return `${type}:${id} is banned.`;
      }}
    >
      {keys.length > 0 ? (
        <fieldset>
          <legend>Who</legend>
          {keys.map((key, index) => (
            <label key={key.type} class="choice">
              <input type="radio" name="key" checked={index === chosen} onChange={() => choose(index)} />
              <span>
                {KEY_TEXTS[key.type]} <Text>{key.id}</Text>
              </span>
            </label>
          ))}
        </fieldset>
      ) : (
        <div class="pair">
          <label>
            Who
            <select
              value={own.type}
              onChange={({ currentTarget }) => setOwn({ ...own, type: currentTarget.value as BanKey['type'] })}
            >
              {Object.entries(KEY_TEXTS).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
          <label>
            Id
            <input
              type="text"
              required
              value={own.id}
              onInput={({ currentTarget }) => setOwn({ ...own, id: currentTarget.value })}
            />
          </label>
        </div>
      )}
      <label>
        For how long
        <select value={duration} onChange={({ currentTarget }) => setDuration(currentTarget.value)}>
          {DURATIONS.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <p>
        They cannot connect, publish, play or call. Live streams end with their next keep-alive, where stopping is on.
      </p>
      <Reason value={reason} onChange={setReason} />
    </Dialog>
  );
}

function LiftDialog({ api, banned, ...rest }: DialogProps & { banned: string }) {
  return (
    <Dialog
      {...rest}
      title="Lift this ban?"
      confirm="Lift the ban"
      act={async () => {
        await api.lift(banned);
        return `The ban on ${banned} is lifted.`;
      }}
    >
      <p>
        <Text>{banned}</Text> can connect, publish, play and call again.
      </p>
    </Dialog>
  );
}

const Fact = ({ title, value }: { title: string; value: ComponentChildren }) => (
  <div>
    <dt>{title}</dt>
    <dd>{value}</dd>
  </div>
);

const Reason = ({ value, onChange }: { value: string; onChange: (reason: string) => void }) => (
  <label>
    Why
    <input type="text" maxLength={200} value={value} onInput={({ currentTarget }) => onChange(currentTarget.value)} />
  </label>
);

interface DialogFrame {
  readonly title: string;
  readonly confirm: string;
  /** @returns a sentence about what was done */
  readonly act: () => Promise<string>;
  readonly close: () => void;
  readonly onDone: (notice: string) => void;
  readonly children: ComponentChildren;
}

function Dialog({ title, confirm, act, close, onDone, children }: DialogFrame) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [state, setState] = useState<{ busy: boolean; problem?: string }>({ busy: false });
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const run = async () => {
    setState({ busy: true });
    try {
      onDone(await act());
      close();
    } catch (error) {
      setState({ busy: false, problem: problemOf(error).message });
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <h2 id="dialog-title">{title}</h2>
        {children}
        {state.problem !== undefined && <p role="alert">{state.problem}</p>}
        <div class="actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="danger" disabled={state.busy}>
            {confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
