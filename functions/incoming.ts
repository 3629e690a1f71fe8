/** Type 4: a call, a message or a transfer comes in. */
import { createHookFunction } from '../lib/composition/hook-function.ts';

export const { handler, ready } = createHookFunction();
