/** What the steps of the chain have in common. */
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { HookEvent } from './hook-event.ts';
import type { Effects } from '../platform/effects.ts';
import type { HookSettings } from '../settings/settings.ts';
import type { Credentials } from '../wcs/signature.ts';

/** One step of the chain. */
export type Middleware = MiddlewareObj<HookEvent, unknown, Error, Context>;

/** What the steps are composed of. */
export interface HookDeps extends Effects {
  readonly settings: HookSettings;
  /** Called before a hook is rejected. @returns the credentials that are valid now, if they have just changed */
  readonly rotatedCredentials?: () => Promise<Credentials | undefined>;
}
