/** Type 2: a client asks for something (publish, play, call …). */
import { createHookFunction } from '../lib/hook-function.ts';
import { createTokenVerifier } from '../lib/tokens.ts';

export const { handler, ready } = createHookFunction(createTokenVerifier);
