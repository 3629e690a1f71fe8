/** Looks whether a URL takes hooks at all before many are sent there, and says in the doctor's words what is wrong. */
import { NOT_ACCEPTED, explainAnswer } from '../../infra/cli/doctor/answers.ts';
import { problem, type Finding } from '../../infra/cli/doctor/finding.ts';
import type { Gateway } from '../../infra/cli/doctor/gateway.ts';
import { authenticationProbe, type Credentials } from '../../infra/cli/doctor/probes.ts';
import { authorizeBy } from './wcs.ts';

/** @returns why no hook would be taken; undefined: they may be */
export async function knock(gateway: Gateway, credentials: Credentials): Promise<Finding | undefined> {
  const { method, body } = authenticationProbe();
  const answer = await gateway.post(method, body, authorizeBy(credentials)(body));
  switch (answer.status) {
    case undefined:
    case 404:
      return problem('address', ...explainAnswer(answer));
    case 401:
    case 403: {
      const { secret, user } = credentials;
      if (secret !== undefined) return problem('signature', ...explainAnswer(answer));
      if (user !== undefined) return problem('HTTP Basic', ...explainAnswer(answer));
      return problem('without credentials', `rejected (${answer.status})`, NOT_ACCEPTED.means, NOT_ACCEPTED.todo);
    }
    default:
      // Other answers are counted, and explained in the end.
      return undefined;
  }
}
