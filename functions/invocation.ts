/**
 * Type 2: a client asks for something (publish, play, call …); and whatever has no route of its own: other spellings, a
 * slash before or behind a method, a newer WCS's.
 */
import { createConnectParts } from '../lib/composition/connect-parts.ts';
import { createHookFunction } from '../lib/composition/hook-function.ts';

export const { handler, ready } = createHookFunction(createConnectParts);
