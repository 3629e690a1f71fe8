import { describe, expect, it } from 'vitest';
import { explain } from '../../../../infra/cli/stage-access.ts';

const LOCAL = { name: 'local', place: 'the stack of npm start', isLocal: true };
const PROD = { name: 'prod', place: 'eu-central-1', isLocal: false };
const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:8000'), { code: 'ECONNREFUSED' });

describe('what AWS says is shown with what to do:', () => {
  it.each([
    [refused, LOCAL, /ECONNREFUSED 127.0.0.1:8000/, /npm start/],
    [Object.assign(new AggregateError([refused]), { code: 'ECONNREFUSED' }), LOCAL, /127.0.0.1:8000/, /npm start/],
    [refused, PROD, /AWS does not answer/, /is eu-central-1 the region/],
    [named('TimeoutError'), PROD, /AWS does not answer/, /network/],
    [named('TimeoutError'), LOCAL, /the local stack does not answer/, /npm start/],
    [named('ResourceNotFoundException'), PROD, /it does not exist in eu-central-1/, /Is the stage prod deployed/],
    [named('QueueDoesNotExist'), PROD, /it does not exist/, /--region/],
    [named('CredentialsProviderError'), PROD, /CredentialsProviderError: said/, /AWS_PROFILE/],
    [named('ExpiredTokenException'), PROD, /said/, /log in again/],
    [named('ExpiredToken'), PROD, /said/, /log in again/],
    [named('InvalidClientTokenId'), PROD, /said/, /log in again/],
    [named('InvalidSignatureException'), PROD, /said/, /log in again/],
    [named('UnrecognizedClientException'), PROD, /said/, /log in again/],
    [named('AccessDeniedException'), PROD, /said/, /policy/],
    // As SQS names it.
    [named('AccessDenied'), PROD, /said/, /policy/],
    [named('ThrottlingException'), PROD, /said/, /in a minute/],
    [named('ProvisionedThroughputExceededException'), PROD, /said/, /in a minute/],
    [named('Odd'), PROD, /Odd: said/, /prod is in eu-central-1/],
    ['no error', PROD, /Error/, /Look/],
  ])('%s', (error, stage, said, todo) => {
    expect(explain(error, stage)).toEqual({
      said: expect.stringMatching(said) as string,
      todo: expect.stringMatching(todo) as string,
    });
  });
});

function named(name: string) {
  return Object.assign(new Error('said'), { name });
}
