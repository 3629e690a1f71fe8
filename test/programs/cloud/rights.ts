/** What a role allows and what its function asks for, both as `action on resource`. */
import { list, type Statement } from './template.ts';

export interface Right {
  readonly action: string;
  readonly resource: string;
}
export const told = ({ action, resource }: Right) => `${action} on ${resource}`;

export const rightsOf = (statements: readonly Statement[]): Right[] =>
  statements.flatMap(({ Action, Resource }) =>
    list(Action).flatMap((action) => list(Resource).map((resource) => ({ action, resource: String(resource) }))),
  );

/** Enough, and nothing that is not needed. */
export function problemsOfRights(allowed: readonly Right[], needed: readonly Right[]): string[] {
  const [has, needs] = [new Set(allowed.map(told)), new Set(needed.map(told))];
  return [
    ...[...needs].filter((right) => !has.has(right)).map((right) => `needs ${right}, and may not`),
    ...[...has].filter((right) => !needs.has(right)).map((right) => `may ${right}, and does not need it`),
  ];
}
