/** Type 1: a client connects. */
import { createDeps } from '../lib/deps.ts';
import { answerConnect } from '../lib/http/connect.ts';
import { createHookHandler } from '../lib/http/hook-handler.ts';

const deps = createDeps();

export const handler = createHookHandler(deps, answerConnect(deps.settings.failMethods));
