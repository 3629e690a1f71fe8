/** What the end of a call adds to the metrics: among the changes each call ends once, however often WCS reports it. */
import type { MetricOfCalls } from '../platform/log.ts';
import type { ChangeEnvelope } from '../state/change.ts';
import { isFailedEnd } from '../state/lifecycle.ts';

export type CallMetrics = Partial<Record<MetricOfCalls, number>>;

/** Empty for a change that is not the end of a call. */
export function callMetricsOf({ 'detail-type': type, detail }: ChangeEnvelope): CallMetrics {
  const { event, status, sipStatus, answeredAt, talkSeconds } = detail;
  if (type !== 'Call State Change' || event !== 'ended') return {};
  return {
    endedCalls: 1,
    ...(isFailedEnd(status) ? { failedCalls: 1, [metricOfClass(String(sipStatus))]: 1 } : {}),
    ...(answeredAt === undefined ? {} : { answeredCalls: 1, talkSeconds: Number(talkSeconds) }),
  };
}

export const added = (a: CallMetrics, b: CallMetrics): CallMetrics =>
  (Object.keys(b) as MetricOfCalls[]).reduce((sum, name) => ({ ...sum, [name]: (sum[name] ?? 0) + (b[name] ?? 0) }), a);

const OF_CLASS: Readonly<Record<string, MetricOfCalls>> = {
  4: 'failedCalls4xx',
  5: 'failedCalls5xx',
  6: 'failedCalls6xx',
};

/** SIP's final answer, alone (486, "486") or in a line ("SIP/2.0 486 Busy Here"). */
const metricOfClass = (sipStatus: string): MetricOfCalls =>
  OF_CLASS[/\b([4-6])\d\d\b/.exec(sipStatus)?.[1] ?? ''] ?? 'failedCallsOther';
