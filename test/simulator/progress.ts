/** What is going on, for who looks on: a line on a terminal, written anew each second; elsewhere a line where something is new. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Such as process.stderr. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface StatusLine {
  /** `about`: elsewhere than on a terminal there is one line for it, however often the text changes. */
  show(text: string, about?: string): void;
  /** Counts down: `until` in milliseconds since the epoch. */
  readonly showWait: (what: string, until: number, about?: string) => void;
  /** Before anything else is printed. */
  clear(): void;
}

export function createStatusLine(screen: Screen): StatusLine {
  let shown: string | undefined;
  const line: StatusLine = {
    show(text, about = text) {
      if (screen.isTTY) screen.write(`\r\x1b[K${text.slice(0, (screen.columns || 80) - 1)}`);
      else if (about !== shown) screen.write(`${text}\n`);
      shown = about;
    },
    showWait: (what, until, about = what) =>
      line.show(`  ${what}: ${Math.max(0, Math.ceil((until - Date.now()) / 1000))} s`, about),
    clear() {
      if (screen.isTTY && shown !== undefined) screen.write('\r\x1b[K');
      shown = undefined;
    },
  };
  return line;
}

export interface Progress {
  /** A hook is under way for at most so many milliseconds. */
  answer<T>(timeout: number, work: Promise<T>): Promise<T>;
  /** Before a keep-alive. */
  pause(milliseconds: number): Promise<void>;
  stop(): void;
}

interface Wait {
  readonly until: number;
}

/** Shows each second how far it got, or for what it waits where nothing came in that second. */
export function createProgress(
  line: StatusLine,
  counts: () => { readonly sent: number; readonly text: string },
): Progress {
  const waits = { 'waiting for an answer': new Set<Wait>(), 'waiting for the next keep-alive': new Set<Wait>() };
  let sentBefore = 0;
  const timer = setInterval(() => {
    const { sent, text } = counts();
    const [what, some] = Object.entries(waits).find(([, { size }]) => size > 0) ?? [];
    if (sent > sentBefore || !what || !some) line.show(`  ${text}`);
    else line.showWait(what, Math.min(...[...some].map(({ until }) => until)), `${what} ${sent}`);
    sentBefore = sent;
  }, 1000);

  async function during<T>(what: keyof typeof waits, milliseconds: number, work: Promise<T>): Promise<T> {
    const wait = { until: Date.now() + milliseconds };
    waits[what].add(wait);
    return work.finally(() => waits[what].delete(wait));
  }
  return {
    answer: (timeout, work) => during('waiting for an answer', timeout, work),
    pause: (milliseconds) => during('waiting for the next keep-alive', milliseconds, sleep(milliseconds)),
    stop() {
      clearInterval(timer);
      line.clear();
    },
  };
}
