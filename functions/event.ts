/** Type 3: something happened; and the methods that have no route of their own: other spellings, a newer WCS's. */
import { createHookFunction } from '../lib/hook-function.ts';

export const { handler, ready } = createHookFunction();
