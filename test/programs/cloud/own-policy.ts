/** Stands in for lib/access/own-policy.ts: it is asked about all that can be declined, and so needs every right that a policy can. */
import { allow, deny } from '../../../lib/access/decision.ts';
import type { OwnPolicy } from '../../../lib/access/own-policy.ts';
import { METHOD_NAMES, METHODS, type MethodName } from '../../../lib/wcs/methods.ts';

/** A refusal of a keep-alive stops a stream, but no policy decides it. */
const isDecided = (name: MethodName) => METHODS[name].declinable && name !== 'StreamKeepAliveEvent';

export const ownPolicy: OwnPolicy = {
  decides: Object.fromEntries(METHOD_NAMES.filter(isDecided).map((name) => [name, []])),
  decide: ({ body }) => (body['callee'] === 'nobody' ? deny('nobody is called') : allow()),
};
