// Saved queries of CloudWatch Logs Insights, over the logs of all functions.
const { FUNCTIONS, HOOK_FUNCTIONS, logGroupId } = require('./functions.cjs');

const lines = (...parts) => parts.join('\n| ');
const HOOKS = 'filter message = "hook"';

const QUERIES = {
  'what happened to stream X': {
    of: FUNCTIONS,
    query: lines(
      'fields @timestamp, message, method, wcsStatus, outcome, status, reason, sub, node, app, milliseconds, cause, requestId',
      'filter id = "X" # the stream’s mediaSessionId',
      // A day of healthy keep-alives alone is 8,640 lines. A replay has no method.
      'filter message = "replay" or not (method = "StreamKeepAliveEvent" and outcome in ["fresh", "applied"])',
      'sort @timestamp asc',
      'limit 1000',
    ),
  },
  'who was rejected or denied': {
    of: HOOK_FUNCTIONS,
    query: lines(
      'fields @timestamp, outcome, status, reason, cause, sub, method, name, app, node, id, requestId',
      HOOKS,
      'filter outcome in ["rejected", "denied", "undecided", "denial ignored"]',
      'sort @timestamp desc',
      'limit 1000',
    ),
  },
  'what fails': {
    of: FUNCTIONS,
    query: lines(
      // Lambda's own lines (which it writes of what went wrong alone), and not ours that say INFO.
      'filter level in ["ERROR", "WARN"] or type like /^platform/',
      'fields coalesce(message, message.errorMessage, errorMessage, concat(type, " ", record.status, " ", record.errorType), @message) as what',
      'stats count(*) as n, latest(@timestamp) as last by what, outcome, status, cause, leftOut',
      'sort n desc',
      'limit 100',
    ),
  },
  'slowest hooks': {
    of: HOOK_FUNCTIONS,
    query: lines(
      'fields @timestamp, milliseconds, requests, method, outcome, cause, id, node, requestId',
      HOOKS,
      'sort milliseconds desc',
      'limit 100',
    ),
  },
};

const queryId = (title) =>
  `${title.replace(/\w+ ?/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).trim())}Query`;

const definition = ([title, { of, query }]) => [
  queryId(title),
  {
    Type: 'AWS::Logs::QueryDefinition',
    Properties: {
      Name: `\${self:service}/\${sls:stage}/${title}`,
      LogGroupNames: of.map((name) => ({ Ref: logGroupId(name) })),
      QueryString: query,
    },
  },
];

module.exports = { Resources: Object.fromEntries(Object.entries(QUERIES).map(definition)) };
