import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { HookEvent } from '../hooks/hook.ts';

/** One step of the chain. */
export type Middleware = MiddlewareObj<HookEvent, unknown, Error, Context>;
