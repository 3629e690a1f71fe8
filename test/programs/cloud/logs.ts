/** What the functions of a stage wrote, as far as it is ours. */
import type { Aws } from './aws.ts';

export type Line = Readonly<Record<string, unknown>>;

interface Written {
  readonly message: string;
  readonly timestamp: number;
}

/** Lambda's own lines have no such word. */
const OURS = 'message';
/** MiniStack gives so many at once, the oldest first, and no token for more. */
const PAGE = 10_000;

export async function linesOf(aws: Aws, prefix: string, name: string): Promise<Line[]> {
  const logGroupName = `/aws/lambda/${prefix}-${name}`;
  const all: Written[] = [];
  for (let startTime = 0; ;) {
    const options = { logGroupName, startTime, filterPattern: OURS };
    const page = await aws.list<Written>('logs', 'filter_log_events', 'events', options);
    // Those of the last page's last millisecond come again.
    all.push(...page.slice(all.filter(({ timestamp }) => timestamp === startTime).length));
    const last = page.at(-1)?.timestamp ?? 0;
    if (page.length < PAGE || last === startTime) break;
    startTime = last;
  }
  return all.flatMap(({ message }) => (message.startsWith('{') ? [JSON.parse(message) as Line] : []));
}
