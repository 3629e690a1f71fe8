/** Type 1: a client connects. */
import { createConnectParts } from '../lib/connect-parts.ts';
import { createHookFunction } from '../lib/hook-function.ts';

export const { handler, ready } = createHookFunction(createConnectParts);
