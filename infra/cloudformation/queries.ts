/** Saved queries of CloudWatch Logs Insights, over the logs of all functions. */
import type { HookOutcome } from '../../lib/hooks/hook.ts';
import type { Line, LogField } from '../../lib/platform/log.ts';
import { KEY_FIELD, METHOD_NAMES, METHODS, type Subject } from '../../lib/wcs/methods.ts';
import { FAILURES } from '../../lib/wcs/call-failures.ts';
import { FUNCTIONS, functionsOf, HOOK_FUNCTIONS, logGroupId, type FunctionName } from './functions.ts';
import { NAMESPACE, ref, type Resource, type Resources, type Tools } from './template.ts';

const lines = (...parts: string[]) => parts.join('\n| ');
/** A comma-separated list, as in Insights. */
export const fields = (...names: ('@timestamp' | 'message' | LogField)[]) => names.join(', ');
export const quoted = (...words: string[]) => `[${words.map((word) => `"${word}"`).join(', ')}]`;
export const HOOKS = 'filter message = "hook"';

const LEVELS: Line['level'][] = ['ERROR', 'WARN'];
/** The outcomes of hooks that got no 200, or should not have got one. */
export const NOT_ALLOWED = ['rejected', 'denied', 'undecided', 'denial ignored'] as const satisfies HookOutcome[];

/** The outcomes of healthy keep-alives. */
export const HEALTHY = ['fresh', 'applied'] as const satisfies HookOutcome[];

/** What the line of a hook, or of its replay, says about its subject. */
const LINE = ['message', 'method', 'wcsStatus', 'outcome', 'status', 'reason', 'sub'] as const;
const REST = ['node', 'app', 'milliseconds', 'cause', 'requestId'] as const;
export const HISTORY_FIELDS = {
  stream: [...LINE, ...REST],
  session: [...LINE, ...REST],
  call: [...LINE, 'sipStatus', 'info', 'caller', 'callee', 'target', ...REST],
} as const satisfies Record<Subject, readonly ('message' | LogField)[]>;

/** As many as a page of Insights holds. */
export const HISTORY_LIMIT = 1000;

/** Every hook of a stream, a session or a call, in order; `id` as the log has it. */
export const historyQuery = (of: Subject, id: string) =>
  lines(
    `fields ${fields('@timestamp', ...HISTORY_FIELDS[of])}`,
    `filter ${fields('id')} = ${JSON.stringify(id)} # the ${of}’s ${KEY_FIELD[of]}`,
    // A day of healthy keep-alives alone is 8,640 lines. A replay has no method.
    ...(of === 'stream'
      ? [
          `filter message = "replay" or not (${fields('method')} = "StreamKeepAliveEvent" and ${fields('outcome')} in ${quoted(...HEALTHY)})`,
        ]
      : []),
    'sort @timestamp asc',
    `limit ${HISTORY_LIMIT}`,
  );

const CALL_METHODS = METHOD_NAMES.filter((method) => METHODS[method].subject === 'call');

const QUERIES: Readonly<Record<string, { readonly of: readonly FunctionName[]; readonly query: string }>> = {
  'what happened to stream X': { of: FUNCTIONS, query: historyQuery('stream', 'X') },
  'what happened to call X': { of: FUNCTIONS, query: historyQuery('call', 'X') },
  'why do calls fail': {
    of: HOOK_FUNCTIONS,
    query: lines(
      HOOKS,
      `filter ${fields('method')} in ${quoted(...CALL_METHODS)}`,
      `filter ${fields('wcsStatus')} in ${quoted(...FAILURES)} or ${fields('outcome')} in ${quoted(...NOT_ALLOWED)}`,
      `fields coalesce(${fields('reason', 'info', 'cause')}) as why`,
      `stats count(*) as hooks, latest(${fields('id')}) as lastId, latest(${fields('callee')}) as lastCallee by ${fields('method', 'wcsStatus', 'sipStatus')}, why, ${fields('app')}`,
      'sort hooks desc',
      'limit 100',
    ),
  },
  'who was rejected or denied': {
    of: HOOK_FUNCTIONS,
    query: lines(
      `fields ${fields('@timestamp', 'outcome', 'status', 'reason', 'cause', 'sub', 'method', 'name', 'app', 'node', 'id', 'requestId')}`,
      HOOKS,
      `filter ${fields('outcome')} in ${quoted(...NOT_ALLOWED)}`,
      'sort @timestamp desc',
      'limit 1000',
    ),
  },
  'what fails': {
    of: FUNCTIONS,
    query: lines(
      // Lambda's own lines (it writes only those about failures), and ours above INFO.
      `filter level in ${quoted(...LEVELS)} or type like /^platform/`,
      'fields coalesce(message, message.errorMessage, errorMessage, concat(type, " ", record.status, " ", record.errorType), @message) as what',
      `stats count(*) as n, latest(@timestamp) as last by what, ${fields('outcome', 'status', 'cause', 'leftOut')}`,
      'sort n desc',
      'limit 100',
    ),
  },
  'slowest hooks': {
    of: HOOK_FUNCTIONS,
    query: lines(
      `fields ${fields('@timestamp', 'milliseconds', 'requests', 'method', 'outcome', 'cause', 'id', 'node', 'requestId')}`,
      HOOKS,
      `sort ${fields('milliseconds')} desc`,
      'limit 100',
    ),
  },
};

const queryId = (title: string) =>
  `${title.replace(/\w+ ?/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).trim())}Query`;

const definition = (
  [title, { of, query }]: [string, (typeof QUERIES)[string]],
  deployed: readonly FunctionName[],
): [string, Resource] => [
  queryId(title),
  {
    Type: 'AWS::Logs::QueryDefinition',
    Properties: {
      Name: `${NAMESPACE}/${title}`,
      LogGroupNames: of.filter((name) => deployed.includes(name)).map((name) => ref(logGroupId(name))),
      QueryString: query,
    },
  },
];

export async function queries(tools: Tools): Promise<Resources> {
  const deployed = await functionsOf(tools);
  return { Resources: Object.fromEntries(Object.entries(QUERIES).map((one) => definition(one, deployed))) };
}
