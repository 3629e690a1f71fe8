import { describe, expect, it } from 'vitest';
import { explainAnswer, policyOf } from '../../../../../infra/cli/doctor/answers.ts';
import { TIMEOUT, type NoReply, type Reply } from '../../../../../infra/cli/doctor/gateway.ts';
import { DENIAL, noReply, reply } from '../../../../support/replies.ts';

describe('the doctor explains', () => {
  it.each<[Reply | NoReply, string, RegExp, RegExp]>([
    [noReply(TIMEOUT), TIMEOUT, /gives up after rest_request_timeout/, /log of the function/],
    [noReply('ECONNREFUSED'), 'no connection (ECONNREFUSED)', /No hook arrives/, /Does npm start run/],
    [reply(201), 'the answer was 201', /200 and no other success/, /pass its responses on/],
    [reply(299), 'the answer was 299', /200 and no other success/, /pass its responses on/],
    [reply(301), 'the answer was 301', /not sent again to another address/, /redirected to/],
    [reply(399), 'the answer was 399', /not sent again to another address/, /redirected to/],
    [reply(400), 'the answer was 400', /accepts only 200/, /log of the function/],
    [reply(401), 'the answer was 401', /is rejected/, /hook-secret/],
    [reply(403), 'the answer was 403', /is rejected/, /hook-secret/],
    [reply(404), 'the answer was 404', /Nothing listens/, /without a method/],
    [reply(429), 'the answer was 429', /throttles/, /custom\.throttle/],
    [reply(500), 'the answer was 500', /function fails/, /log of the function/],
    [reply(503), 'the answer was 503', /function fails/, /log of the function/],
  ])('%o', (answer, found, means, todo) => {
    expect(explainAnswer(answer)).toEqual([
      found,
      expect.stringMatching(means) as string,
      expect.stringMatching(todo) as string,
    ]);
  });

  it('as a denial only a 403 that names the policy', () => {
    expect(policyOf(reply(403, DENIAL))).toBe('token');
    expect(policyOf(reply(500, DENIAL))).toBeUndefined();
    expect(policyOf(reply(403, '{"message":"the credentials are wrong"}'))).toBeUndefined();
    expect(policyOf(reply(403, `${' '.repeat(1000)}${DENIAL}`))).toBeUndefined();
  });
});
