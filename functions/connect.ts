/** Type 1: a client connects. */
import { createDeps } from '../lib/deps.ts';
import { createHookFunction } from '../lib/hook-function.ts';
import { createTokenVerifier } from '../lib/tokens.ts';

export const handler = createHookFunction(createDeps(), createTokenVerifier);
