/** The HTTP routes of each function, from the method table: a method without a route cannot be. */
import { METHOD_NAMES, METHODS, type HookType } from '../../lib/wcs/methods.ts';
import type { HookFunctionName } from './functions.ts';

export const BASE_PATH = '/rest/my_api';

const route = (segment: string) => ({ httpApi: `POST ${BASE_PATH}/${segment}` });
const routesOf = (type: HookType) => METHOD_NAMES.filter((name) => METHODS[name].type === type).map(route);

/** The board's one function answers whatever is behind it. The local gateway answers OPTIONS itself where no route names it. */
export const BOARD_ROUTES = ['ANY /board', 'ANY /board/{path+}', 'OPTIONS /board/{path+}'] as const;

export const routes: Readonly<Record<HookFunctionName | 'board', readonly { httpApi: string }[]>> = {
  connect: routesOf('connect'),
  // The other spellings have no routes of their own: CloudFormation's logical ids tell no `sendDTMF` from `sendDtmf`. The last
  // route takes them, a method with a slash before or behind it, and a newer WCS's: to a function that can do all of it.
  invocation: [...routesOf('invocation'), route('{method+}')],
  event: routesOf('event'),
  incoming: routesOf('incoming'),
  board: BOARD_ROUTES.map((httpApi) => ({ httpApi })),
};
