/** Explains what a response means to WCS, which accepts 200 and nothing else. */
import { TIMEOUT, type Reply, type NoReply } from './gateway.ts';

/** The policy that denied it; undefined if none did. */
export function policyOf({ status, body }: Reply): string | undefined {
  if (status !== 403) return undefined;
  return /"denied by the policy ([^"]*)"/.exec(body.toString('utf8', 0, 1000))?.[1];
}

/** The finding for a backend that requires credentials, when none were given. */
export const NOT_ACCEPTED = {
  means: 'Only those who have the credentials can write rows.',
  todo: 'Give the credentials of WCS: HOOK_SECRET, or --user.',
};

/** Explains a response: what came, why it is wrong, and what to do. */
export function explainAnswer(
  answer: Pick<Reply, 'status'> | NoReply,
): readonly [found: string, means: string, todo: string] {
  if (answer.status === undefined) {
    return answer.code === TIMEOUT
      ? [TIMEOUT, 'WCS gives up after rest_request_timeout; what the hook reported is lost.', IN_THE_LOG]
      : [
          `no connection (${answer.code})`,
          'No hook arrives.',
          'Does npm start run? Compare --url with what it, or the deployment, printed; then look at network, DNS and certificate.',
        ];
  }
  const { status } = answer;
  const found = `the answer was ${status}`;
  if (status >= 200 && status < 300) {
    return [
      found,
      'WCS accepts 200 and no other success.',
      'Configure whatever stands before this backend to pass its responses on.',
    ];
  }
  if (status >= 300 && status < 400) {
    return [found, 'A hook is not sent again to another address.', 'Give WCS the address that it is redirected to.'];
  }
  if (status === 404) {
    return [
      found,
      'Nothing listens at this path.',
      'The URL must end as in "add app": https://HOST/rest/my_api, without a method.',
    ];
  }
  if (status === 429) {
    return [
      found,
      'API Gateway throttles, and what hooks report is lost.',
      'Raise custom.throttle in serverless.yml if you lowered it; else ask AWS for more requests a second.',
    ];
  }
  if (status === 401 || status === 403) {
    return [
      found,
      'Every hook of a WCS with these credentials is rejected.',
      'Compare what you gave here with the stage’s hook-secret (hook-user, hook-password) under /wcs-hooks/<stage>/ in ' +
        'Parameter Store, or with HOOK_SECRET (HOOK_USER, HOOK_PASSWORD) of npm start. If they are the same, a ' +
        'proxy rewrites bodies or drops Authorization: the signature is over the bytes.',
    ];
  }
  return [found, status >= 500 ? 'The function fails, or does not start.' : 'WCS accepts only 200.', IN_THE_LOG];
}

const IN_THE_LOG =
  'Look into the log of the function: "cause" says what failed, or which setting or parameter is missing. If there is no ' +
  'line, Lambda had no room to run it: aws lambda get-account-settings.';

/** The first byte at which two bodies differ; undefined if they are equal. */
export function firstDifference(sent: Buffer, received: Buffer): number | undefined {
  if (sent.equals(received)) return undefined;
  const index = sent.findIndex((byte, at) => byte !== received[at]);
  return index === -1 ? sent.length : index;
}
