/** Type 4: a call, a message or a transfer comes in. */
import { createHookFunction } from '../lib/hook-function.ts';

export const { handler, ready } = createHookFunction();
