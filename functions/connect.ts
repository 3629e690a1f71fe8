/** Type 1: a client connects. */
import { createHookFunction } from '../lib/hook-function.ts';
import { createTokenVerifier } from '../lib/platform/token-verifier.ts';

export const { handler, ready } = createHookFunction(createTokenVerifier);
