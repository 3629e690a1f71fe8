/** Type 4: a call, a message or a transfer comes in. */
import { createDeps } from '../lib/deps.ts';
import { createHookFunction } from '../lib/hook-function.ts';

export const handler = createHookFunction(createDeps());
