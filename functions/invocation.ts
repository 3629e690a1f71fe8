/** Type 2: a client asks for something (publish, play, call …). */
import { createDeps } from '../lib/deps.ts';
import { createHookFunction } from '../lib/hook-function.ts';
import { createTokenVerifier } from '../lib/tokens.ts';

export const handler = createHookFunction(createDeps(), createTokenVerifier);
