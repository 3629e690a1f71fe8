import type { Api } from './api.ts';
import type { Asked } from './dialogs.tsx';
import type { Route } from './route.ts';

/** What every view is given. */
export interface Shared {
  readonly api: Api;
  /** By the API's clock, in epoch milliseconds. */
  readonly now: number;
  readonly route: Route;
  /** A link to the same page but for what changes. */
  readonly hrefOf: (change: Partial<Route>) => string;
  readonly rights: ReadonlySet<string>;
  /** Opens a dialog that asks for a confirmation. */
  readonly ask: (asked: Asked) => void;
}
