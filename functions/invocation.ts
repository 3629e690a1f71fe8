/**
 * Type 2: a client requests something (publish, play, call …). Also takes whatever has no route: other spellings, a slash
 * before or after a method, methods of a newer WCS.
 */
import { createConnectParts } from '../lib/composition/connect-parts.ts';
import { createHookFunction } from '../lib/composition/hook-function.ts';

export const { handler, ready } = createHookFunction(createConnectParts);
