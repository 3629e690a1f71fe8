import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capture, SEED_STREAM } from '../support/fixtures.ts';
import { startStack, type LocalStack } from '../support/local-stack.ts';
import { runScript } from '../support/run-script.ts';

const BODY = capture('StreamStatusEvent.publishing');

describe('npm run streams', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startStack({ env: { STOP_STREAMS: 'true' } });
  });
  afterAll(async () => {
    expect(await stack.stop()).toEqual([]);
  });

  const streams = (...options: string[]) =>
    runScript('streams', options, {
      ...process.env,
      DYNAMODB_PORT: String(stack.ports.DYNAMODB_PORT),
      AWS_PROFILE: 'nobody',
    });

  it('stops a stream with its next keep-alive, and no other', async () => {
    await stack.post('StreamStatusEvent', BODY);
    expect((await stack.post('StreamKeepAliveEvent', BODY)).status).toBe(200);
    const { code, stdout } = await streams('--stop', SEED_STREAM, '--reason', 'abuse');
    expect([code, stdout]).toEqual([0, `${SEED_STREAM} (b4e7, live) is stopped with its next keep-alive.\n`]);

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
    expect((await streams('--stop', SEED_STREAM)).stdout).toContain('has ended already');
  });

  it('says where no keep-alive came yet, and finds the local stack whatever AWS profile is set', async () => {
    await stack.post('StreamStatusEvent', BODY.replace(SEED_STREAM, 'quiet'));
    const { code, stdout } = await streams('--stop', 'quiet');
    expect([code, stdout]).toEqual([0, expect.stringContaining('it has sent none yet')]);
  });

  it('says what is wrong', async () => {
    expect(await streams('--stop', 'nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no stream nobody') as string,
    });
    expect(await streams()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--stop ID is missing') as string,
    });
    expect(await streams('--nope')).toMatchObject({ code: 2, stderr: expect.stringContaining('--nope') as string });
    expect((await streams('--help')).stdout).toContain('--reason TEXT');
    expect(await stack.row('nobody')).toBeUndefined();
  });
});
