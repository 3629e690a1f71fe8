/**
 * Your own policy, for rules that the others cannot express. List the methods that it decides, each with the fields of the answer that
 * it may overwrite, and write `decide`. docs/access-control.md, "Your own policy", has an example.
 */
import { allow, type AccessPolicy, type Policy } from './decision.ts';

export interface OwnPolicy {
  readonly decides: Policy['decides'];
  readonly decide: AccessPolicy;
}

export const ownPolicy: OwnPolicy = {
  decides: {},
  decide: () => allow(),
};
