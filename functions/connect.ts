/** Type 1: a client connects. */
import { createConnectParts } from '../lib/composition/connect-parts.ts';
import { createHookFunction } from '../lib/composition/hook-function.ts';

export const { handler, ready } = createHookFunction(createConnectParts);
