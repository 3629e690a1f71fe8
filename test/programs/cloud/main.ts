/** `npm run verify:cloud`: the templates, their rules, a real deployment to an AWS on this machine, and the product through its URL. */
import { FUNCTIONS } from '../../../infra/cloudformation/functions.ts';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ownersClient } from '../../../infra/local/ministack.ts';
import { MissingError, pythonTools } from '../../../infra/local/python.ts';
import { runTool } from '../../../infra/local/tool.ts';
import { startAws, type Aws } from './aws.ts';
import { problemsOfBoard, problemsOfDescription, problemsOfNoBoard } from './board.ts';
import { problemsOfAwayBus, problemsOfMany, problemsOfSpoiltRow, problemsOfTold, subscribe } from './changes.ts';
import { BREACH_COUNT, unseenBreaches } from './breaches.ts';
import { verifyBreaks } from './breaks.ts';
import { readCode } from './code.ts';
import { problemsOfDoctor } from './doctor.ts';
import {
  AWAY,
  drain,
  outage,
  problemsOfColdStart,
  problemsOfPoison,
  problemsOfSecondDelivery,
  raceSweep,
  rotation,
  slowest,
} from './faults.ts';
import { allHooks, hookOf, problemsOfEchoes, problemsOfRejections, problemsOfRouting } from './hooks.ts';
import { sendDuring, type Load } from './load.ts';
import {
  ORIGINS,
  POLICIES,
  prepareTokens,
  problemsOfOrigins,
  problemsOfPolicies,
  problemsOfSipAccounts,
  problemsOfTelephony,
  withOwnPolicy,
} from './policies.ts';
import { until } from './queues.ts';
import { problemsOfGuard, problemsOfRights } from './rights.ts';
import { problemsOf } from './rules.ts';
import { leftOut, problemsOfRest, problemsOfStack } from './stack.ts';
import { openStage, type Stage } from './stage.ts';
import { recipes } from '../../support/recipes.ts';
import { note, say, step, summary, tally } from './steps.ts';
import { readTemplate, resourcesOf, templateFile, type Template } from './template.ts';
import { cleanEnvironment, freshFolder, lintTemplate } from './tools.ts';

const HELP = `npm run verify:cloud -- [--breaks]

Checks what is deployed, without AWS: packages the stages dev and prod, holds their templates to cfn-lint and to our rules,
deploys both with serverless to MiniStack (an AWS in Python that routes, runs, queues and schedules, and asks the roles of
functions) on this machine, and sends hooks through the deployed URL: recorded ones, the simulator's, and more while DynamoDB
and Parameter Store are away, secrets are rotated, and a deploy is under way. Ends with a table; exits with 1 if anything
is not as it should be, with 2 if something is missing on this machine.
Needs Python 3.11 or newer with venv and, the first time, PyPI. Takes some nine minutes on two cores. What it cannot
show: CONTRIBUTING.md.

  --breaks  instead: breaks the template in 13 ways, deploys each, and sees that it is noticed; some seven minutes
  --help    this text`;

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

async function verifyTemplates(): Promise<void> {
  const bin = await pythonTools(REQUIREMENTS, say);
  // prod with all that an operator can add.
  const added = {
    ALARM_EMAIL: 'night@example.com',
    NO_HOOKS_MINUTES: '30',
    FAILED_CALLS_PERCENT: '50',
    RESERVED_CONCURRENCY: 'connect=20,event=200',
  };
  for (const [stage, env] of Object.entries({ dev: {}, prod: added })) {
    const folder = freshFolder(stage);
    await step(`serverless package --stage ${stage}`, async () => {
      await runTool('serverless', ['package', '--stage', stage, '--package', folder], {
        ...cleanEnvironment(),
        ...env,
      });
    });
    await step(`cfn-lint has no remark on the template of ${stage}`, () => lintTemplate(bin, templateFile(folder)));
    await step(`our rules hold for the template of ${stage}, and each sees its breach`, () => {
      const template = readTemplate(folder);
      const code = readCode(FUNCTIONS, environmentOf(template));
      const problems = problemsOf(template, stage, code);
      if (problems.length > 0) return Promise.resolve(problems);
      say(`${BREACH_COUNT} breaches`);
      return Promise.resolve(unseenBreaches(template, stage, code));
    });
  }
  await step('cfn-lint has no remark on the recipes of docs/events.md', async () => {
    const folder = freshFolder('recipes');
    const remarks = Object.entries(recipes()).map(([name, { text }]) => {
      const file = join(folder, `${name}.yml`);
      writeFileSync(file, text);
      return lintTemplate(bin, file);
    });
    return (await Promise.all(remarks)).flat();
  });
}

const environmentOf = (template: Template) =>
  resourcesOf(template, 'AWS::Lambda::Function').flatMap(({ properties }) =>
    Object.keys((properties['Environment'] as { Variables: object }).Variables),
  );

/** Those of calls come with an account, in problemsOfTelephony: without one no phone registers, and every call fails. */
const SCENARIOS = ['lifecycle', 'reconnect', 'burst', 'bad-signature', 'flapping', 'many-viewers'] as const;

async function verifyDeployment(aws: Aws): Promise<void> {
  const { front } = aws;
  const open = (name: string, own?: Record<string, string>) =>
    step(`serverless deploy --stage ${name}`, async () => {
      const stage = await openStage(aws, name, undefined, own);
      const all = Object.keys(stage.template.Resources).length;
      const out = leftOut(stage).map(([kind, ids]) => `${ids.length} × ${kind} (${ids.join(', ')})`);
      note(`${name}: ${all} resources; unknown to MiniStack, and left out: ${out.join('; ')}`);
      return { stage, problems: await problemsOfStack(aws, stage) };
    }).then(({ stage }) => stage);
  // Its phones bring their own accounts: without one no call is live.
  const prod = await open('prod', { SIP_ACCOUNT: 'client' });
  const dev = await open('dev');

  await step('prod: Parameter Store is away when the functions start: their first hooks are acknowledged', () =>
    problemsOfColdStart(aws, prod),
  );
  const rows = rowsOf(aws, prod);
  await rows.put('expired', { expiresAt: { N: '1' } });
  await rows.put('kept', {});
  raceSweep(aws, prod);
  const crash = prod.simulate('crash', '--within', '240');
  crash.catch(() => {});
  const lostHangup = prod.simulate('lost-hangup', '--within', '240');
  lostHangup.catch(() => {});

  await step('every method and every recorded hook is echoed byte for byte, by the function of its type', async () => [
    ...(await problemsOfEchoes(dev, allHooks('all'))),
    ...(await problemsOfRouting(aws, dev)),
  ]);
  await step('what must be rejected is rejected', () => problemsOfRejections(dev));
  const before = await step('MiniStack asks the roles: without its tables a function is denied', async () => {
    const problems = await problemsOfGuard(aws, dev);
    const drained = await drain(aws, dev);
    return { ...drained, problems: [...problems, ...drained.problems] };
  });
  for (const name of SCENARIOS) await step(`simulate --scenario ${name} --verify`, () => dev.simulate(name));
  front.spoils.set(dev.prefix, () => 'omit item');
  for (const name of ['reorder', 'duplicate'] as const)
    await step(`simulate --scenario ${name} --verify, while rows vanish between two looks`, () => dev.simulate(name));
  front.spoils.delete(dev.prefix);
  await step('the doctor finds everything well', () => problemsOfDoctor(dev));

  const subscriber = await subscribe(aws, dev);
  await step('1,000 streams by the simulator: the bus tells each of them live, and ended', () =>
    problemsOfMany(dev, subscriber),
  );
  await step('EventBridge is away: no change is missing, and their order is kept', () =>
    problemsOfAwayBus(aws, dev, subscriber),
  );
  await step('a row that was spoilt by hand is one dead letter of the changes, and the rest continues', () =>
    problemsOfSpoiltRow(aws, dev, subscriber),
  );

  const slow = await step('DynamoDB answers nothing, and the queue is slow: hooks are acknowledged, and wait', () =>
    outage(aws, dev, slowest(), { streams: 1, picks: (method) => method === 'StreamStatusEvent' }),
  );
  const away = await step('DynamoDB is away: hooks are acknowledged, and wait', () =>
    outage(aws, dev, AWAY, { streams: 3 }, HOOKS_OF_CALLS),
  );
  await step('a message that can never be applied is among the dead letters', () => problemsOfPoison(aws, dev));
  const rotated = await step('the secret is rotated while hooks come: none is refused', () => rotation(dev));
  await step('what waited is replayed by the deployed mapping, nothing is missing', async () => {
    const { problems, parked, replayed } = await drain(aws, dev);
    const missing = await missingOf([slow.load, away.load, ...rotated.loads]);
    const counts = [parked - before.parked, replayed - before.replayed] as const;
    tally('while DynamoDB was away', [slow.load, away.load], missing.length, ...counts);
    tally('during a rotation of the secret', rotated.loads, missing.length);
    return [...problems, ...missing];
  });
  await step('what was replayed comes a second time: nothing changes', async () => [
    ...(await problemsOfSecondDelivery(aws, dev, away)),
    ...(await missingOf([away.load])),
  ]);

  await step('without token settings there is no board', () => problemsOfNoBoard(dev));
  const tokenFor = await prepareTokens(dev);
  await step(
    'a redeploy that switches the policies on, while hooks come: nothing acknowledged is missing',
    async () => {
      const load = await sendDuring(dev, dev.deploy(POLICIES, withOwnPolicy(aws.bin)), isNoRequest);
      const missing = await missingOf([load]);
      tally('during a redeploy', [load], missing.length);
      return missing;
    },
  );
  await step('policies: denied stays denied; streams shows and stops', () => problemsOfPolicies(dev, tokenFor));
  await step('a SIP account is given to who has the token for it, and told nobody', () =>
    problemsOfSipAccounts(aws, dev, tokenFor),
  );
  await step('phones register, call and are called as their tokens say, and the rows of calls are right', () =>
    problemsOfTelephony(dev, tokenFor),
  );
  await step(
    'the board shows, stops and bans, each for who has the right; a ban by the command keeps out, and lifts',
    () => problemsOfBoard(dev, tokenFor),
  );
  await step('the bus told of all of it: outages, replays, a redeploy, denials, stops and bans', async () => {
    const problems = await problemsOfTold(subscriber);
    await subscriber.unsubscribe();
    return problems;
  });
  await step('the board answers schemathesis as docs/board.openapi.json says', () =>
    problemsOfDescription(dev, tokenFor),
  );
  await step('a second deploy with nothing changed changes nothing', async () => {
    await prod.deploy();
    return prod.output.includes('No changes to deploy') ? [] : [`serverless says:\n${prod.output}`];
  });

  await step('prod: a node that crashed is noticed by the deployed schedule', () => crash);
  await step('prod: calls whose pages closed have ended by the deployed schedule', () => lostHangup);
  await step('prod: a row that has expired is gone', async () =>
    (await until(90, async () => !(await rows.has('expired')))) ? [] : ['it is still there'],
  );
  await step(
    'prod: a redeploy with another setting keeps rows and changes functions: other origins are denied',
    async () => {
      await prod.deploy(ORIGINS);
      return [...(await problemsOfOrigins(prod)), ...((await rows.has('kept')) ? [] : ['a row is gone'])];
    },
  );
  await step('every right of every role was needed, and none was missing', () => problemsOfRights(aws, [dev, prod]));
  await step('the store and the sweep on its DynamoDB, in tables of their own', () => runSuites(dev));

  await step('serverless remove --stage dev leaves nothing', async () => {
    await dev.remove();
    return problemsOfRest(aws, dev, []);
  });
  await step('serverless remove --stage prod leaves the tables, with their rows, and the queues of hooks', async () => {
    await prod.remove();
    const kept = ['streams', 'sessions', 'calls', 'parking', 'dead-letters'].map((name) => `${prod.prefix}-${name}`);
    const problems = await problemsOfRest(aws, prod, kept);
    return (await rows.has('kept')) ? problems : [...problems, 'a row is gone'];
  });
}

/** Of each function that makes rows of calls; `hold` is of a call that nobody knows. */
const HOOKS_OF_CALLS = [
  ...['call', 'OnCallEvent', 'CallStatusEvent'].map((method) => hookOf(method, 'outage')),
  hookOf('hold', 'outage-alone'),
];

const missingOf = async (loads: readonly Load[]) => (await Promise.all(loads.map((load) => load.missing()))).flat();

/** A policy decides none of these. */
const isNoRequest = (method: string) => method === 'StreamStatusEvent' || method === 'StreamKeepAliveEvent';

function rowsOf({ endpoint }: Aws, { streamsTable: TableName }: Stage) {
  const client = ownersClient(endpoint);
  const keyOf = (id: string) => ({ mediaSessionId: { S: id } });
  return {
    put: (id: string, fields: Record<string, { N: string }>) =>
      client.send(new PutItemCommand({ TableName, Item: { ...keyOf(id), phase: { S: 'ended' }, ...fields } })),
    has: async (id: string) =>
      (await client.send(new GetItemCommand({ TableName, Key: keyOf(id) }))).Item !== undefined,
  };
}

async function runSuites({ endpoint }: Stage): Promise<string[]> {
  // Not in the deployed tables: what the tests write there is of the past, so TTL and the deployed sweep would change it.
  const env = { ...cleanEnvironment(), TEST_DYNAMODB_ENDPOINT: endpoint };
  const files = ['test/integration/dynamo-store.test.ts', 'test/integration/sweep.test.ts'];
  // They share one DynamoDB: one after another.
  const output = (await runTool('vitest', ['run', '--no-file-parallelism', ...files], env)).replaceAll(
    /\u001b\[\d+m/g,
    '',
  );
  say(/Tests .*/.exec(output)?.[0] ?? '');
  return /\b[1-9]\d* passed/.test(output) ? [] : ['no test ran'];
}

async function verify(): Promise<void> {
  await verifyTemplates();
  const aws = await startAws(say);
  try {
    await verifyDeployment(aws);
  } finally {
    await aws.stop();
  }
}

try {
  const { values } = parseArgs({
    options: { breaks: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) console.log(HELP);
  else await finish(values.breaks ? verifyBreaks : verify);
} catch (error) {
  const { message } = error as Error;
  console.error(`${message}\nSee npm run verify:cloud -- --help`);
  process.exitCode = 2;
}

async function finish(run: () => Promise<void>): Promise<void> {
  const started = performance.now();
  try {
    await run();
    console.log(summary());
    console.log(`The deployment is as it should be (${Math.round((performance.now() - started) / 1000)} s).`);
  } catch (error) {
    const { message } = error as Error;
    console.error(error instanceof MissingError ? `Cannot verify: ${message}` : `FAILED ${message}`);
    process.exitCode = error instanceof MissingError ? 2 : 1;
  }
}
