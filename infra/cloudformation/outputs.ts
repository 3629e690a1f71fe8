/** What an operator needs after a deploy: `npx serverless info --verbose --stage <stage>` prints it again. */
import { BASE_PATH } from './routes.ts';
import { hasChangeEvents } from './changes.ts';
import { PREFIX, sub, type Table, type Tools } from './template.ts';

const API = 'https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}';
const URL = `${API}${BASE_PATH}`;
const CONSOLE = 'https://${AWS::Region}.console.aws.amazon.com';

const itemsOf = (table: Table) => `${CONSOLE}/dynamodbv2/home?region=\${AWS::Region}#item-explorer?table=\${${table}}`;
const cloudWatch = (place: string) => `${CONSOLE}/cloudwatch/home?region=\${AWS::Region}#${place}`;

const OUTPUTS: Readonly<Record<string, readonly [description: string, value: string]>> = {
  BaseUrl: ['The URL of the hooks', URL],
  BoardUrl: ['The board, where there are token settings', `${API}/board`],
  StreamsTableName: ['The table of streams', '${self:custom.streamsTable}'],
  SessionsTableName: ['The table of sessions', '${self:custom.sessionsTable}'],
  CallsTableName: ['The table of calls', '${self:custom.callsTable}'],
  ConsoleStreams: ['The streams in the console', itemsOf('StreamsTable')],
  ConsoleSessions: ['The sessions in the console', itemsOf('SessionsTable')],
  ConsoleCalls: ['The calls in the console', itemsOf('CallsTable')],
  ConsoleDashboard: ['The dashboard', cloudWatch(`dashboards/dashboard/${PREFIX}`)],
  ConsoleAlarms: ['The alarms', cloudWatch(`alarmsV2:?search=${PREFIX}`)],
  ConsoleQueries: ['The logs, with saved queries', cloudWatch('logsV2:logs-insights')],
  AlarmTopicArn: ['The topic of the alarms, for subscribers', '${AlarmTopic}'],
  WcsAddApp: ['On the command line of WCS, first', `add app myApp myAppKey "${URL}"`],
  WcsAddMethods: ['On the command line of WCS, then', 'add app-rest-method -a myAppKey'],
  WcsProperties: [
    'In flashphoner.properties',
    'rest_hook_send_hash=true\nrest_hook_secret_key=<npm run secrets -- --stage ${sls:stage} says how to read it>\nrest_request_timeout=10',
  ],
};

const OF_CHANGES: typeof OUTPUTS = {
  EventBusName: ['The bus on which changes are published', '${EventBus}'],
  EventBusArn: ['Its ARN, for subscribers and archives', '${EventBus.Arn}'],
  ConsoleEventBus: ['The bus in the console', `${CONSOLE}/events/home?region=\${AWS::Region}#/eventbus/\${EventBus}`],
};

const valueOf = (text: string) => (/\$\{(AWS::\w+|\w+(\.\w+)?)\}/.test(text) ? sub(text) : text);

export const outputs = async (tools: Tools) => ({
  Outputs: Object.fromEntries(
    Object.entries({ ...OUTPUTS, ...((await hasChangeEvents(tools)) ? OF_CHANGES : {}) }).map(
      ([name, [Description, text]]) => [name, { Description, Value: valueOf(text) }],
    ),
  ),
});
