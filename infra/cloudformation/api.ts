/** What of the HTTP API serverless has no words for: its log's format, and how much of each route it lets through. */
import { METHOD_NAMES, METHODS, type MethodName } from '../../lib/wcs/methods.ts';
import { DiagnosticsSchema } from '../../lib/wcs/payloads.ts';
import { pascal } from './functions.ts';
import { BASE_PATH, BOARD_ROUTES } from './routes.ts';

/** No path and no header: they are the caller's words. The function's line, whose requestId is here functionRequestId, has the rest. */
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

/** Clients send these as they please, whole logs among them; nothing is lost with one. */
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
        // API Gateway refuses settings of a route that is not there yet.
        DependsOn: [...DIAGNOSTICS.map(routeId), ...BOARD_ROUTE_IDS],
        Properties: {
          DefaultRouteSettings: { DetailedMetricsEnabled: false, ...throttle('throttle') },
          RouteSettings: Object.fromEntries([
            ...DIAGNOSTICS.map((method) => [`POST ${BASE_PATH}/${method}`, throttle('diagnosticsThrottle')] as const),
            // Whoever floods it takes no hook's place.
            ...BOARD_ROUTES.map((route) => [route, throttle('boardThrottle')] as const),
          ]),
        },
      },
    },
  },
};
