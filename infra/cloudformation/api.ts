/** What serverless cannot express about the HTTP API: the format of its log, and the throttle of each route. */
import { METHOD_NAMES, METHODS, type MethodName } from '../../lib/wcs/methods.ts';
import { DiagnosticsSchema } from '../../lib/wcs/payloads.ts';
import { pascal } from './functions.ts';
import { BASE_PATH, BOARD_ROUTES } from './routes.ts';

/** No path and no headers: callers choose them. The rest is in the function's line, whose requestId is functionRequestId here. */
const accessLogFormat = JSON.stringify({
  time: '$context.requestTime',
  requestId: '$context.requestId',
  functionRequestId: '$context.awsEndpointRequestId',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  functionMilliseconds: '$context.integrationLatency',
  bytes: '$context.responseLength',
  error: '$context.error.message',
  functionError: '$context.integrationErrorMessage',
});

const throttle = (name: 'throttle' | 'diagnosticsThrottle' | 'boardThrottle') => ({
  ThrottlingRateLimit: `\${self:custom.${name}.rate}`,
  ThrottlingBurstLimit: `\${self:custom.${name}.burst}`,
});

/** Clients send these as they please, even whole logs; nothing is lost if one is throttled. */
const DIAGNOSTICS = METHOD_NAMES.filter((name) => METHODS[name].schema === DiagnosticsSchema);

const toPart = (segment: string) => pascal(segment.replace(/[^A-Za-z0-9]/g, '').toLowerCase());
/** As serverless names a route. */
const routeId = (method: MethodName) => `HttpApiRoutePost${`${BASE_PATH}/${method}`.split('/').map(toPart).join('')}`;

const BOARD_ROUTE_IDS = ['HttpApiRouteAnyBoard', 'HttpApiRouteAnyBoardPathVar', 'HttpApiRouteOptionsBoardPathVar'];

export const api = {
  accessLogFormat,
  resources: {
    extensions: {
      HttpApiStage: {
        // API Gateway rejects settings for a route that does not exist yet.
        DependsOn: [...DIAGNOSTICS.map(routeId), ...BOARD_ROUTE_IDS],
        Properties: {
          DefaultRouteSettings: { DetailedMetricsEnabled: false, ...throttle('throttle') },
          RouteSettings: Object.fromEntries([
            ...DIAGNOSTICS.map((method) => [`POST ${BASE_PATH}/${method}`, throttle('diagnosticsThrottle')] as const),
            // A flood of requests to the board must not take capacity from hooks.
            ...BOARD_ROUTES.map((route) => [route, throttle('boardThrottle')] as const),
          ]),
        },
      },
    },
  },
};
