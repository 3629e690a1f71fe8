/** The `restClientConfig` that follows from the policies, FAIL_METHODS and the operator's own REST_CLIENT_CONFIG. */
import { BANNABLE } from '../access/ban-policy.ts';
import { decidesBy, type Policy } from '../access/decision.ts';
import { list, type Environment } from './environment.ts';
import { METHOD_NAMES, METHODS, methodNamed, type MethodName } from '../wcs/methods.ts';
import { override } from '../wcs/rest-client-config-override.ts';
import { restClientConfig, type RestClientConfig } from '../wcs/rest-client-config.ts';

interface Rules {
  readonly policies: readonly Policy[];
  readonly stopsStreams: boolean;
  readonly hasBans: boolean;
  readonly tokens: { readonly field: string } | undefined;
}

export function readRestClientConfig(env: Environment, rules: Rules, problems: string[]): RestClientConfig {
  const decided = METHOD_NAMES.filter((method) => rules.policies.some(({ decides }) => Object.hasOwn(decides, method)));
  const failMethods = new Set<MethodName>([
    // WCS declines a connection with or without FAIL.
    ...decided.filter((method) => method !== 'connect'),
    ...(rules.stopsStreams ? (['StreamKeepAliveEvent'] as const) : []),
    // Only where the operator has decided that our answers may end streams: with FAIL our outages stop streams, too, which
    // nobody should risk for bans that may never exist.
    ...(rules.stopsStreams && rules.hasBans ? BANNABLE.filter((method) => method !== 'connect') : []),
    ...readFailMethods(env, problems),
  ]);
  const overwrites = Object.fromEntries(
    // WCS takes any field from the answer to connect, because it does not have this config yet.
    decided
      .filter((method) => method !== 'connect')
      .map((method) => [method, [...new Set(rules.policies.flatMap(({ decides }) => decides[method] ?? []))]]),
  );
  const configRules = { failMethods, overwrites };
  const ours = restClientConfig(configRules);
  const { REST_CLIENT_CONFIG } = env;
  if (!REST_CLIENT_CONFIG) return ours;

  const { config, problems: found } = override(ours, parsed(REST_CLIENT_CONFIG), configRules, neededBy(rules.policies));
  problems.push(...found.map((problem) => `REST_CLIENT_CONFIG: ${problem}`));
  return config;
}

/** Undefined if it is not JSON: the problem is then reported as for any value that is not an object. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a row or a decision needs the field. */
const neededBy = (policies: readonly Policy[]) => (method: MethodName, field: string) =>
  field === METHODS[method].key || decidesBy(policies, method, field);

function readFailMethods({ FAIL_METHODS }: Environment, problems: string[]): MethodName[] {
  return list(FAIL_METHODS).flatMap((name) => {
    const method = methodNamed(name);
    if (method) return [method];
    problems.push(
      `FAIL_METHODS names ${JSON.stringify(name)}, which is not a REST method of WCS (names are case-sensitive)`,
    );
    return [];
  });
}
