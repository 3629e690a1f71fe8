/** Type 3: something happened. */
import { createHookFunction } from '../lib/hook-function.ts';

export const { handler, ready } = createHookFunction();
