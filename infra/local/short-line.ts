/** A line of the log as a person reads it on a terminal: `10:25:19 StreamStatusEvent PUBLISHING b4e7 applied 29 ms`. */

export interface LogLine {
  readonly time: string;
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Colours a text if the terminal has colours. */
export type Paint = (colour: 'dim' | 'yellow' | 'red', text: string) => string;

const LONGEST_NAME = 40;
const LONGEST_CAUSE = 100;

/** @returns undefined for a line that is not worth showing: a sweep that found nothing */
export function shortLine(line: LogLine, paint: Paint): string | undefined {
  const { level, message, outcome } = line;
  if (message === 'sweep' && level === 'INFO' && !line['lost'] && !line['ended']) return undefined;
  const what = message === 'hook' ? wordsOfHook(line) : [message, idOf(line), ...otherWords(line)];
  const result = typeof outcome === 'string' ? outcome : '';
  const words = [...what, level === 'INFO' ? result : result.toUpperCase(), ...explanation(line), duration(line)];
  const text = words.filter(Boolean).join(' ');
  const time = paint('dim', clock(line.time));
  return `${time} ${level === 'INFO' ? text : paint(isBad(line) ? 'red' : 'yellow', text)}`;
}

/** Whether somebody should look at it: a rejection, a denial, or a failure on our side. A parked hook, for example, is saved later. */
const isBad = ({ level, status }: LogLine) => level === 'ERROR' || (typeof status === 'number' && status >= 400);

const wordsOfHook = (line: LogLine) => [
  textOf(line['method']),
  textOf(line['wcsStatus']),
  textOf(line['name']) || idOf(line),
];

/** The counts and names of lines that are not hooks, such as those of a sweep or a silent node. */
const otherWords = (line: LogLine) =>
  ['nodeId', 'live', 'lost', 'ended', 'failed'].flatMap((name) =>
    line[name] === undefined ? [] : [`${name} ${textOf(line[name])}`],
  );

function explanation({ status, reason, sub, cause }: LogLine): string[] {
  return [
    typeof status === 'number' && status !== 200 ? String(status) : '',
    textOf(reason),
    typeof sub === 'string' ? `sub ${textOf(sub)}` : '',
    typeof cause === 'string' ? `(${textOf(cause.replace(/^\w*Error: /, ''), LONGEST_CAUSE)})` : '',
  ];
}

const duration = ({ milliseconds }: LogLine) => (typeof milliseconds === 'number' ? `${milliseconds} ms` : '');

/** Shortens an id to its beginning, and an id that is an address to the client's. */
function idOf(line: LogLine): string {
  const id = textOf(line['id']);
  const [, client] = /^\/([^/]+)\//.exec(id) ?? [];
  return client ?? (/^[0-9a-f]{8}-/i.test(id) ? id.slice(0, 8) : id);
}

function textOf(value: unknown, longest = LONGEST_NAME): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** The time in the reader's time zone. */
const clock = (time: string) => new Date(time).toTimeString().slice(0, 8);
