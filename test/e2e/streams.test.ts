import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capture, SEED_STREAM } from '../support/fixtures.ts';
import { startStack, type LocalStack } from '../support/local-stack.ts';
import { scriptOn } from '../support/run-script.ts';

const BODY = capture('StreamStatusEvent.publishing');

let stack: LocalStack;
let streams: ReturnType<typeof scriptOn>;
beforeAll(async () => {
  stack = await startStack({ env: { STOP_STREAMS: 'true' } });
  streams = scriptOn('streams', stack);
});
afterAll(async () => {
  expect(await stack.stop()).toEqual([]);
});

describe('npm run streams', () => {
  it('stops a stream with its next keep-alive, and no other', async () => {
    await stack.post('StreamStatusEvent', BODY);
    expect((await stack.post('StreamKeepAliveEvent', BODY)).status).toBe(200);
    const { code, stdout } = await streams('--stop', SEED_STREAM, '--reason', 'abuse');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `^${SEED_STREAM} \\(b4e7, live\\) is stopped with its next keep-alive; it was last heard of \\d+ s ago\\.\n$`,
      ),
    );

    const answer = await stack.post('StreamKeepAliveEvent', BODY);
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain('abuse');
    expect(await stack.row(SEED_STREAM)).toMatchObject({
      phase: 'live',
      status: 'PUBLISHING',
      stop: 'abuse',
      stopSentAt: expect.any(String) as string,
    });
    expect((await stack.post('StreamKeepAliveEvent', BODY.replace(SEED_STREAM, 'another'))).status).toBe(200);

    await stack.post('StreamStatusEvent', BODY.replace('PUBLISHING', 'UNPUBLISHED'));
    expect(await stack.row(SEED_STREAM)).toMatchObject({ phase: 'ended', stop: 'abuse' });
  });

  it('counts its minutes then, by npm run usage', async () => {
    const { startedAt, endedAt, appKey } = (await stack.row(SEED_STREAM)) ?? {};
    const { code, stdout } = await scriptOn('usage', stack)(
      '--json',
      '--from',
      new Date(Date.now() - 3_600_000).toISOString(),
    );
    const [usage] = stdout.split('\n', 1).map((line) => JSON.parse(line) as Record<string, unknown>);
    const minutes = (Date.parse(String(endedAt)) - Date.parse(String(startedAt))) / 60_000;
    expect([code, usage]).toEqual([0, expect.objectContaining({ app: appKey, calls: 0 })]);
    expect(Number(usage?.['publishedMinutes'])).toBeGreaterThanOrEqual(Math.floor(minutes * 10_000) / 10_000);
  });

  it('shows what is live on the local stack, whatever AWS profile is set', async () => {
    await stack.post('StreamStatusEvent', BODY.replace(SEED_STREAM, 'quiet'));
    const live = await streams();
    expect([live.code, live.stderr]).toEqual([0, '']);
    expect(live.stdout).toMatch(/^publishing +\S+Z +\S+Z +quiet +\S+ +- +b4e7$/m);
  });

  it('ends the row of a ghost, and reports its next sign of life as an anomaly', async () => {
    const ghost = BODY.replace(SEED_STREAM, 'ghost');
    await stack.post('StreamKeepAliveEvent', ghost);
    expect(await streams('--end', 'ghost')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ghost \(b4e7, live\) was heard of \d s ago, .*--end ghost --yes\n$/) as string,
    });
    expect((await streams('--end', 'ghost', '--yes')).code).toBe(0);
    expect((await stack.post('StreamKeepAliveEvent', ghost)).status).toBe(200);
    expect(await stack.row('ghost')).toMatchObject({ phase: 'ended', info: 'presumed: ended by the operator' });
    expect(stack.logLines().filter(({ outcome }) => outcome === 'live after end')).toHaveLength(1);
  });

  it('shows what happened to a stream and to its session, hook by hook', async () => {
    const sessionId = '/10.0.0.7:1/10.0.0.1:8443';
    await stack.post('connect', JSON.stringify({ nodeId: 'n@10.0.0.1', appKey: 'a', sessionId }));
    await stack.post('StreamKeepAliveEvent', 'no JSON');
    const environment = { DATA_DIR: stack.dataDir };
    const { code, stdout } = await scriptOn('streams', stack, environment)('--history', SEED_STREAM);
    expect(code).toBe(0);
    const [, ...lines] = stdout.trimEnd().split('\n');
    expect(lines.pop()).toMatch(/^3 lines about \S+, without healthy keep-alives\. \d.* of logs were searched\.$/);
    expect(lines.map((line) => line.split(/ {2,}/).slice(1, 4))).toEqual([
      ['StreamStatusEvent', 'PUBLISHING', 'applied'],
      // The keep-alive between them was healthy.
      ['StreamKeepAliveEvent', 'PUBLISHING', 'stopped'],
      ['StreamStatusEvent', 'UNPUBLISHED', 'applied'],
    ]);
    const sessions = scriptOn('sessions', stack, environment);
    expect((await sessions('--history', sessionId)).stdout).toMatch(
      /^\S+Z +connect +- +applied +\d+ +n@10\.0\.0\.1 +-$/m,
    );
    expect((await sessions('--id', sessionId)).stdout).toMatch(/^sessionId +\/10\.0\.0\.7:1\/10\.0\.0\.1:8443\nphase /);
    expect(await sessions('--id', 'nobody')).toMatchObject({
      code: 1,
      stderr: 'There is no session nobody in wcs-hooks-local-sessions.\n',
    });
  });

  it('says what is wrong, and what to do', async () => {
    const elsewhere = scriptOn('streams', { ports: { ...stack.ports, DYNAMODB_PORT: 1 } });
    expect(await elsewhere()).toMatchObject({ code: 1, stderr: expect.stringContaining('npm start') as string });
    expect(await streams('--nope')).toMatchObject({ code: 2, stderr: expect.stringContaining('--nope') as string });
  });
});

describe('npm run calls', () => {
  it('shows the current calls, and one that has ended', async () => {
    const calls = scriptOn('calls', stack);
    const call = { callId: 'c', caller: '1001', callee: '4930901820', sipStatus: 180, nodeId: 'n' };
    const post = (status: string) => stack.post('CallStatusEvent', JSON.stringify({ ...call, status }));
    await post('RING');
    const live = await calls('--callee', '4930901820');
    expect([live.code, live.stderr]).toEqual([0, '']);
    expect(live.stdout).toMatch(/^ringing +\S+Z +- +c +1001 +4930901820 /m);
    await post('FINISH');
    expect((await calls()).stdout).toContain('0 ringing and 0 talking calls in wcs-hooks-local-calls.');
    expect((await calls('--id', 'c')).stdout).toMatch(/^phase +ended$/m);
    expect(await calls('--id', 'd')).toMatchObject({ code: 1, stderr: expect.stringContaining('no call d') as string });
  });
});

describe('npm run doctor on a stack without credentials', () => {
  it('warns of that and of nothing else, and leaves no rows', async () => {
    const { code, stdout } = await scriptOn('doctor', stack)('--stage', 'local', '--json');
    const { findings } = JSON.parse(stdout) as { findings: { check: string; level: string; todo?: string }[] };
    const bad = findings.filter(({ level }) => level === 'warning' || level === 'problem');
    expect([code, bad]).toEqual([0, [expect.objectContaining({ check: 'without credentials', level: 'warning' })]]);
    expect(findings).toContainEqual(expect.objectContaining({ check: 'row of the session', level: 'ok' }));
    expect(findings.at(-1)).toMatchObject({ check: 'rows of the probes', level: 'ok' });
  });
});
