/** The HTTP routes of each function, from the method table, so that no method lacks a route. */
import { METHOD_NAMES, METHODS, type HookType } from '../../lib/wcs/methods.ts';
import type { HookFunctionName } from './functions.ts';

export const BASE_PATH = '/rest/my_api';

const route = (segment: string) => ({ httpApi: `POST ${BASE_PATH}/${segment}` });
const routesOf = (type: HookType) => METHOD_NAMES.filter((name) => METHODS[name].type === type).map(route);

/** One function serves the whole board. The local gateway answers OPTIONS itself where no route names it. */
export const BOARD_ROUTES = ['ANY /board', 'ANY /board/{path+}', 'OPTIONS /board/{path+}'] as const;

export const routes: Readonly<Record<HookFunctionName | 'board', readonly { httpApi: string }[]>> = {
  connect: routesOf('connect'),
  // Other spellings have no routes: CloudFormation's logical ids do not distinguish `sendDTMF` from `sendDtmf`. The last route
  // takes them, methods with a slash before or after, and those of a newer WCS, to a function that can process every method.
  invocation: [...routesOf('invocation'), route('{method+}')],
  event: routesOf('event'),
  incoming: routesOf('incoming'),
  board: BOARD_ROUTES.map((httpApi) => ({ httpApi })),
};
