/** Type 3: something happened. */
import { createHookFunction } from '../lib/composition/hook-function.ts';

export const { handler, ready } = createHookFunction();
