// What of the HTTP API serverless has no words for: its log's format, and how much of each route it lets through.
const { METHODS } = require('../lib/wcs/methods.ts');
const { DiagnosticsSchema } = require('../lib/wcs/payloads.ts');
const { pascal } = require('./functions.cjs');
const { BASE_PATH } = require('./routes.cjs');

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

const throttle = (name) => ({
  ThrottlingRateLimit: `\${self:custom.${name}.rate}`,
  ThrottlingBurstLimit: `\${self:custom.${name}.burst}`,
});

/** Clients send these as they please, whole logs among them; nothing is lost with one. */
const DIAGNOSTICS = Object.keys(METHODS).filter((name) => METHODS[name].schema === DiagnosticsSchema);

/** As serverless names a route. */
const routeId = (method) => `HttpApiRoutePost${`${BASE_PATH}/${method}`.split('/').map(toPart).join('')}`;
const toPart = (segment) => pascal(segment.replace(/[^A-Za-z0-9]/g, '').toLowerCase());

module.exports = {
  accessLogFormat,
  resources: {
    extensions: {
      HttpApiStage: {
        // API Gateway refuses settings of a route that is not there yet.
        DependsOn: DIAGNOSTICS.map(routeId),
        Properties: {
          DefaultRouteSettings: { DetailedMetricsEnabled: false, ...throttle('throttle') },
          RouteSettings: Object.fromEntries(
            DIAGNOSTICS.map((method) => [`POST ${BASE_PATH}/${method}`, throttle('diagnosticsThrottle')]),
          ),
        },
      },
    },
  },
};
