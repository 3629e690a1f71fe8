/** CloudFormation's template, as far as these files write it; serverless fills in `${self:…}` and `${sls:…}` later. */

/** The prefix of all names of a stage. */
export const PREFIX = '${self:service}-${sls:stage}';
/** The namespace that the functions write their metrics into: lib/platform/log.ts. */
export const NAMESPACE = '${self:service}/${sls:stage}';

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: 'Delete';
  readonly UpdateReplacePolicy?: 'Delete';
  readonly Properties: Readonly<Record<string, unknown>>;
}
export interface Resources {
  readonly Resources: Readonly<Record<string, Resource>>;
}

export type Table = 'StreamsTable' | 'SessionsTable' | 'CallsTable' | 'BansTable';
export type Queue = 'ParkingQueue' | 'DeadLetterQueue' | 'ChangesDeadLetterQueue';

export interface Reference {
  readonly Ref: string;
}
export interface Attribute {
  readonly 'Fn::GetAtt': readonly [resource: string, name: string];
}
export interface Substitution {
  readonly 'Fn::Sub': string;
}

export const ref = (id: string): Reference => ({ Ref: id });
export const attribute = (resource: string, name: string): Attribute => ({ 'Fn::GetAtt': [resource, name] });
export const sub = (text: string): Substitution => ({ 'Fn::Sub': text });

/** What serverless passes to a function that computes part of its configuration. */
export interface Tools {
  readonly resolveVariable: (variable: string) => Promise<string>;
}

/** A variable of the shell that deploys; empty if it is not set. */
export const fromShell = ({ resolveVariable }: Tools, name: string) => resolveVariable(`env:${name}, ''`);
