/** The packaged CloudFormation template, as far as the rules look into it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from '../../../infra/local/deployment.ts';

export type { Resource, Template } from '../../../infra/local/deployment.ts';

export interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, string[]>>;
}

export const templateFile = (folder: string) => join(folder, 'cloudformation-template-update-stack.json');
export const readTemplate = (folder: string) => JSON.parse(readFileSync(templateFile(folder), 'utf8')) as Template;

/** The resources of a type, with their ids. */
export const resourcesOf = ({ Resources }: Template, type: string) =>
  Object.entries(Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, { Properties = {}, ...rest }]) => ({ id, ...rest, properties: Properties }));

export const list = <T>(value: T | T[] | undefined): T[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** Every statement that is anywhere in a value. */
export function statementsIn(value: unknown): Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  const here = 'Effect' in value && 'Action' in value ? [value as Statement] : [];
  return [...here, ...Object.values(value).flatMap(statementsIn)];
}

/** Of a reference or a text that may hold some, the ids that it names. */
export function referencesIn(value: unknown): string[] {
  const text = JSON.stringify(value) ?? '';
  const ids = [...text.matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"|\$\{(\w+)[.}]/g)];
  return ids.map(([, ref, attribute, inText]) => ref ?? attribute ?? inText ?? '');
}
