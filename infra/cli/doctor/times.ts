/** Checks how long a hook takes from here, and whether this machine's clock agrees with the gateway's. */
import { explainAnswer } from './answers.ts';
import { ok, problem, warning, type Finding } from './finding.ts';
import type { Reply, NoReply } from './gateway.ts';
import type { AnyRow } from './probe-rows.ts';

/** Enough for the percentile that is shown, so that a slow backend is not probed for minutes. */
const BUDGET_MS = 20_000;
const SLOW_MS = 1000;

/** Sends the probes one after another, like the hooks of one stream; earlier probes have warmed the functions. `kind` describes them. */
export async function checkLatency(
  post: () => Promise<Reply | NoReply>,
  probes: number,
  kind: string,
): Promise<Finding> {
  const answers: (Reply | NoReply)[] = [];
  for (const deadline = Date.now() + BUDGET_MS; answers.length < probes && Date.now() < deadline;) {
    answers.push(await post());
  }
  const of = answers.length < probes ? `${answers.length} of ${probes} probes in time` : `${probes} probes`;
  return latencyOf(answers, `${of}, ${kind}`);
}

export function latencyOf(answers: readonly (Reply | NoReply)[], of: string): Finding {
  const check = 'latency';
  const failed = answers.filter(({ status }) => status !== 200);
  const [first] = failed;
  if (first) {
    const [found, means, todo] = explainAnswer(first);
    return problem(check, `${failed.length} of ${of} failed: ${found}`, means, todo);
  }
  const times = answers
    .flatMap((answer) => (answer.status === undefined ? [] : answer.milliseconds))
    .sort((a, b) => a - b);
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
  const found = `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms (${of})`;
  if (p99 < SLOW_MS)
    return ok(check, found, 'From this machine, including the network; WCS waits rest_request_timeout.');
  return warning(
    check,
    found,
    'A slow hook delays its client, and blocks threads of WCS.',
    'Try from the machine of WCS: the network from here may be slow. Then compare "milliseconds" in the log; is the region near?',
  );
}

/** The least value that this share of them does not exceed. */
export const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.ceil(sorted.length * share) - 1] ?? 0;

/** Compares with the row if there is one, or else with the header `Date`, which has whole seconds. */
export function* checkClock(reply: Reply, row: AnyRow | undefined): Generator<Finding> {
  const at = Date.parse(String(row?.['firstSeenAt']));
  const date = Date.parse(reply.headers.date ?? '');
  if (!Number.isNaN(at)) yield compareClocks(reply, { from: at, to: at });
  else if (!Number.isNaN(date)) yield compareClocks(reply, { from: date, to: date + 999 });
}

/** The hook was answered between `from` and `to` by the gateway's clock. */
function compareClocks({ sentAt, answeredAt }: Reply, { from, to }: { from: number; to: number }): Finding {
  const check = 'clock';
  const behind = from > answeredAt ? from - answeredAt : to < sentAt ? to - sentAt : 0;
  const seconds = Math.abs(behind / 1000).toFixed(1);
  const means = 'Rows have the gateway’s times; tokens are checked by its clock, with 60 seconds of tolerance.';
  if (Math.abs(behind) < 2000) return ok(check, `${seconds} s apart`, means);
  return (Math.abs(behind) > 60_000 ? problem : warning)(
    check,
    `this machine is ${seconds} s ${behind > 0 ? 'behind' : 'ahead of'} the gateway`,
    means,
    'Set this machine’s clock (NTP). The login servers that sign tokens, and WCS, need the right time, too.',
  );
}
