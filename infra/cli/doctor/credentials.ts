/** Finds the credentials for the probes: those that were given, or else the stage's own. */
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { PARAMETERS } from '../../../lib/platform/secrets.ts';
import { changesInProperties, PROPERTIES_MEANING, PROPERTIES_TODO } from '../../../lib/wcs/properties-value.ts';
import { explain, type Stage } from '../stage-access.ts';
import { leftOut, ok, warning, type Finding } from './finding.ts';
import type { Credentials } from './probes.ts';

const CHECK = 'credentials';

export async function findCredentials(
  given: Credentials,
  stage: Pick<Stage, 'name' | 'place' | 'isLocal' | 'parameters'> | undefined,
): Promise<{ readonly credentials: Credentials; readonly finding?: Finding }> {
  if (!stage || stage.isLocal || given.secret !== undefined || given.user !== undefined) return { credentials: given };
  const nameOf = (name: keyof typeof PARAMETERS) => `/wcs-hooks/${stage.name}/${PARAMETERS[name]}`;
  const Names = (['HOOK_SECRET', 'HOOK_SECRET_PREVIOUS', 'HOOK_USER', 'HOOK_PASSWORD'] as const).map(nameOf);
  try {
    const { Parameters = [] } = await stage.parameters.send(new GetParametersCommand({ Names, WithDecryption: true }));
    const [secret, previousSecret, user, password] = Names.map(
      (name) => Parameters.find(({ Name }) => Name === name)?.Value,
    );
    if (secret === undefined && user === undefined) {
      const todo = `Create one: npm run secrets -- --stage ${stage.name}.`;
      return { credentials: given, finding: leftOut(CHECK, 'the stage has none', 'Its functions answer 503.', todo) };
    }
    const which = [...(secret === undefined ? [] : ['hook-secret']), ...(user === undefined ? [] : ['hook-user'])];
    const found = `${which.join(' and ')} of the stage`;
    return {
      credentials: { secret, previousSecret, user, password },
      finding: ok(CHECK, found, 'None was given here: they come from Parameter Store.'),
    };
  } catch (error) {
    const { said, todo } = explain(error, stage);
    const means = 'None was given here, and those of the stage are in Parameter Store.';
    return {
      credentials: given,
      finding: leftOut(CHECK, `not readable: ${said}`, means, `${todo} Or give them: HOOK_SECRET, or --user.`),
    };
  }
}

/** Checks that a WCS reads the same secrets from its flashphoner.properties. */
export function* checkSecrets({ secret, previousSecret }: Credentials): Generator<Finding> {
  for (const [name, value] of Object.entries({ 'hook secret': secret, 'previous hook secret': previousSecret })) {
    const changes = changesInProperties(value ?? '');
    if (changes.length > 0) yield warning(name, `it has ${changes.join('; ')}`, PROPERTIES_MEANING, PROPERTIES_TODO);
  }
}
