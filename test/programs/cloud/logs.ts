/** What the functions of a stage wrote, as far as it is ours. */
import type { Aws } from './aws.ts';

export type Line = Readonly<Record<string, unknown>>;

export async function linesOf(aws: Aws, prefix: string, name: string): Promise<Line[]> {
  const logGroupName = `/aws/lambda/${prefix}-${name}`;
  const events = await aws.list<{ message: string }>('logs', 'filter_log_events', 'events', { logGroupName });
  return events.flatMap(({ message }) => (message.startsWith('{') ? [JSON.parse(message) as Line] : []));
}
