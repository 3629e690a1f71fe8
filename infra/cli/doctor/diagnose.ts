/** Runs all checks, each after those that it depends on. */
import { checkSecrets } from './credentials.ts';
import { checkAuthentication } from './authentication.ts';
import { NOT_ACCEPTED } from './answers.ts';
import { leftOut, type Finding } from './finding.ts';
import type { Gateway, Reply, NoReply } from './gateway.ts';
import { checkConnect, checkEcho, overwritten } from './hooks.ts';
import {
  connectProbe,
  otherProbes,
  rowProbe,
  timingProbe,
  type Authorize,
  type Credentials,
  type Ids,
  type Probe,
  type Shown,
} from './probes.ts';
import { checkQueues } from './queues.ts';
import { findSessionRow, findStreamRow, type Search } from './rows.ts';
import { checkTables } from './tables.ts';
import { checkLatency, checkClock } from './times.ts';
import type { AnyRow } from './probe-rows.ts';

export interface Target extends Shown {
  readonly gateway: Gateway;
  readonly credentials: Credentials;
  readonly probes: number;
  /** The stage behind the URL, and the rows that the probes create there. */
  readonly behind: Search | undefined;
}

/** Removes its rows even if it fails, or if nobody reads the rest. */
export async function* diagnose(target: Target): AsyncGenerator<Finding> {
  const { gateway, credentials, behind } = target;
  try {
    yield* checkSecrets(credentials);
    const { findings, authorize, isNowhere } = await checkAuthentication(gateway, credentials);
    yield* findings;
    if (authorize) yield* checkHooks(target, authorize);
    else if (!isNowhere) {
      const means = 'The other checks (echo, rows, restClientConfig, latency) need accepted hooks.';
      yield leftOut('hooks', 'no probe was accepted', means, NOT_ACCEPTED.todo);
    }
    if (behind) {
      yield* checkTables(behind.stage);
      yield* checkQueues(behind.stage);
    } else {
      const means = 'Rows, tables and queues are read from AWS; the probes had no ids, so that none created a row.';
      yield leftOut('the stage', 'rows, tables, queues', means, 'Add --stage NAME, with AWS credentials for it.');
    }
  } finally {
    if (behind) yield await behind.probeRows.remove();
  }
}

async function* checkHooks(target: Target, authorize: Authorize): AsyncGenerator<Finding> {
  const { gateway, behind, probes } = target;
  async function post({ method, body }: Probe): Promise<Reply | NoReply> {
    const answer = await gateway.post(method, body, authorize(body));
    if (answer.status === undefined) behind?.probeRows.expectLate();
    return answer;
  }

  behind?.probeRows.begin();
  let ids: Ids | undefined = behind?.probeRows.ids;
  const first = rowProbe(ids);
  const answer = await post(first);
  yield checkEcho('echo', first.body, answer);
  let row: AnyRow | undefined;
  if (behind && answer.status === 200) {
    const found = await findStreamRow(behind);
    yield found.finding;
    ({ row } = found);
  }
  if (answer.status !== undefined) yield* checkClock(answer, row);
  if (behind && !row) {
    // Hooks that wait in the queue would be saved after the rows are removed: send no more.
    behind.probeRows.expectLate();
    ids = undefined;
  }

  const connect = connectProbe(ids, target);
  const connected = await post(connect);
  yield* checkConnect(connect.body, connected);
  if (behind && ids && connected.status !== undefined) {
    yield (await findSessionRow(behind)).finding;
  }
  for (const probe of otherProbes(ids)) {
    const { method, body } = probe;
    yield checkEcho(method, body, await post(probe), overwritten(method, connected));
  }

  const timing = timingProbe(ids);
  yield await checkLatency(() => post(timing), probes, ids ? 'with a write each' : 'without a row');
}
