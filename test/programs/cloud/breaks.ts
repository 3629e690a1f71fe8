/** `--breaks`: the template broken by hand, deployed, and noticed. */
import type { Template } from '../../../infra/local/deployment.ts';
import { startAws, type Aws } from './aws.ts';
import { problemsOfNoBoard } from './board.ts';
import { problemsOfDoctor } from './doctor.ts';
import { outage, problemsOfPoison, slowest } from './faults.ts';
import { hookOf, problemsOfEchoes, problemsOfRouting } from './hooks.ts';
import { METHOD_NAMES, OTHER_SPELLINGS } from '../../../lib/wcs/methods.ts';
import { expecting } from './policies.ts';
import { until } from './queues.ts';
import { linesOf } from './logs.ts';
import { openStage, type Stage } from './stage.ts';
import { say, step } from './steps.ts';
import { list, referencesIn, statementsIn } from './template.ts';

type Properties = Record<string, unknown>;
type Break = (of: (id: string) => Properties, template: Template) => void;

const ROUTE = 'HttpApiRoutePostRestMyapi';
const variables = (properties: Properties) => (properties['Environment'] as { Variables: Properties }).Variables;
const idOf = ({ Resources }: Template, type: string) =>
  Object.keys(Resources).find((id) => Resources[id]?.Type === type) ?? '';

const BREAKS: Record<string, Break> = {
  'a route to the wrong function': (of) => {
    of(`${ROUTE}Publishstream`)['Target'] = of(`${ROUTE}Streamstatusevent`)['Target'];
  },
  'a mapping without partial failures': (of, template) => {
    delete of(idOf(template, 'AWS::Lambda::EventSourceMapping'))['FunctionResponseTypes'];
  },
  'a role without its table': (of) => {
    const [policy] = of('EventRole')['Policies'] as { PolicyDocument: { Statement: unknown[] } }[];
    if (!policy) return;
    policy.PolicyDocument.Statement = statementsIn(policy).filter(
      ({ Action }) => !list(Action).some((action) => action.startsWith('dynamodb:')),
    );
  },
  'no schedule': (_, template) => {
    const rule = idOf(template, 'AWS::Events::Rule');
    for (const [id, resource] of Object.entries(template.Resources))
      if (id === rule || referencesIn(resource.Properties).includes(rule)) remove(template, id);
  },
  'a queue that forbids to park': (_, { Resources }) => {
    const Statement = {
      ...{ Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage' },
      Resource: { 'Fn::GetAtt': ['ParkingQueue', 'Arn'] },
    };
    Resources['ParkingPolicy'] = {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'ParkingQueue' }],
        PolicyDocument: { Version: '2012-10-17', Statement: [Statement] },
      },
    };
  },
  'a wrong table in the environment': (of) => {
    variables(of('EventLambdaFunction'))['STREAMS_TABLE'] = 'wcs-hooks-dev-stream';
  },
  'another key of an index': (of) => {
    const [index] = of('StreamsTable')['GlobalSecondaryIndexes'] as { KeySchema: { AttributeName: string }[] }[];
    const [key] = index?.KeySchema ?? [];
    if (key) key.AttributeName = 'name';
  },
  'a timeout under the deadline': (of) => void (of('EventLambdaFunction')['Timeout'] = 3),
  'no catch-all': (_, template) => remove(template, `${ROUTE}MethodVar`),
  'the secrets of another stage': (of) => {
    variables(of('ConnectLambdaFunction'))['SECRETS_PATH'] = '/wcs-hooks/prod';
  },
  'the board at a function of hooks': (of) => {
    of('HttpApiRouteAnyBoardPathVar')['Target'] = of(`${ROUTE}Streamstatusevent`)['Target'];
  },
  'a role that may not read the bans': (of) => {
    const [policy] = of('InvocationRole')['Policies'] as { PolicyDocument: { Statement: unknown[] } }[];
    if (!policy) return;
    policy.PolicyDocument.Statement = statementsIn(policy).filter(
      ({ Action }) => !list(Action).includes('dynamodb:Scan'),
    );
  },
  'another key of the bans': (of) => {
    const { AttributeDefinitions, KeySchema } = of('BansTable') as Record<string, { AttributeName: string }[]>;
    for (const one of [...(AttributeDefinitions ?? []), ...(KeySchema ?? [])]) one.AttributeName = 'id';
  },
};

function remove(template: Template, id: string): void {
  propertiesOf(template, id);
  delete template.Resources[id];
}

/** Short, and in the order of what an operator would meet. */
const CHECKS: Record<string, (aws: Aws, stage: Stage) => Promise<readonly string[]>> = {
  'hooks are echoed': (_, stage) =>
    problemsOfEchoes(
      stage,
      [...METHOD_NAMES, ...Object.keys(OTHER_SPELLINGS), 'NovelEvent'].map((method) => hookOf(method, 'all')),
    ),
  'each by its function': problemsOfRouting,
  'no role lacks anything': ({ front }) => Promise.resolve(front.denied),
  'there is no board without token settings': (_, stage) => problemsOfNoBoard(stage),
  'a ban keeps out, and lifts': (_, stage) => problemsOfBan(stage),
  'rows are right': (_, stage) => stage.simulate('lifecycle', '--within', '3'),
  'streams lists them': async (_, stage) => {
    const { code, stdout, stderr } = await stage.run('streams', ['--stage', stage.name]);
    return code === 0 && stdout.includes('stream-of-all') ? [] : [`streams says: ${stdout}${stderr}`];
  },
  'the doctor finds everything well': (_, stage) => problemsOfDoctor(stage),
  'hooks are parked': async (aws, stage) =>
    (await outage(aws, stage, slowest(), { streams: 1, picks: (method) => method === 'StreamStatusEvent' })).problems,
  'poison is given up': problemsOfPoison,
  'the sweep runs': async (aws, { prefix }) =>
    (await until(80, async () => (await linesOf(aws, prefix, 'sweep')).length > 0)) ? [] : ['no sweep in 80 s'],
};

async function problemsOfBan(stage: Stage): Promise<string[]> {
  const { send } = expecting(stage);
  const hook = hookOf('connect', 'banned');
  for (const [status, ...options] of [[403], [200, '--lift']] as const) {
    const who = ['--stage', stage.name, '--session', 'session-of-banned', ...options];
    const { code, stderr } = await stage.run('ban', who);
    if (code !== 0) return [`ban ${options.join(' ')}: ${stderr}`];
    if (!(await until(15, async () => (await send(hook)).status === status))) return [`connect is not ${status}`];
  }
  return [];
}

/** @throws Error if a break is not seen, or something is seen where nothing is broken */
export async function verifyBreaks(): Promise<void> {
  const check = async (brokenBy?: Break) => {
    const aws = await startAws(say);
    try {
      const stage = await openStage(aws, 'dev', (template) => brokenBy?.((id) => propertiesOf(template, id), template));
      for (const [what, problemsOf] of Object.entries(CHECKS)) {
        const [problem] = await problemsOf(aws, stage);
        if (problem !== undefined) return `"${what}" sees it: ${problem.slice(0, 200)}`;
      }
      return undefined;
    } catch (error) {
      return `the deploy fails: ${(error as Error).message.slice(0, 200)}`;
    } finally {
      await aws.stop();
    }
  };
  await step('nothing broken: nothing is seen', async () => {
    const seen = await check();
    return seen === undefined ? [] : [seen];
  });
  for (const [title, brokenBy] of Object.entries(BREAKS)) {
    await step(title, async () => {
      const seen = await check(brokenBy);
      if (seen !== undefined) say(seen);
      return seen === undefined ? ['nobody saw it'] : [];
    });
  }
}

function propertiesOf({ Resources }: Template, id: string): Properties {
  const properties = Resources[id]?.Properties;
  if (!properties) throw new Error(`there is no ${id} to break`);
  return properties;
}
