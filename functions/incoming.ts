/** Type 4: a call, a message or a transfer comes in. */
import { createDeps } from '../lib/deps.ts';
import { createHookHandler } from '../lib/http/hook-handler.ts';

export const handler = createHookHandler(createDeps(), () => ({ outcome: 'echoed' }));
