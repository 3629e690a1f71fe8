/** The resources of infra/cloudformation as a deploy of the stage `test` has them. */
import type { Resources, Tools } from '../../infra/cloudformation/template.ts';

export const TEST_STAGE = 'test';

/** What serverless fills in. */
export const resolved = <Value>(value: Value): Value =>
  JSON.parse(
    JSON.stringify(value).replaceAll('${self:service}', 'wcs-hooks').replaceAll('${sls:stage}', TEST_STAGE),
  ) as Value;

/** A shell with these settings. */
export const shellWith = (settings: Readonly<Record<string, string>>): Tools => ({
  resolveVariable: (variable) => Promise.resolve(settings[/^env:(\w+), ''$/.exec(variable)?.[1] ?? ''] ?? ''),
});

/** The properties of all resources of a type, by logical id. */
export const ofType = <Properties>({ Resources }: Resources, type: string) =>
  Object.fromEntries(
    Object.entries(Resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => [id, resolved(Properties) as Properties]),
  );
