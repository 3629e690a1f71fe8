/** `npm run verify:cloud`: the template, its rules, a deployment to a stand-in for AWS, and the product on what was deployed. */
import { createRequire } from 'node:module';
import { BREACH_COUNT, unseenBreaches } from './breaches.ts';
import { readCode } from './code.ts';
import { HOOK_SECRET, playAll, problemsOfPlay } from './play.ts';
import { problemsOfRights } from './rights.ts';
import { problemsOf } from './rules.ts';
import { problemsOfRest, problemsOfStack, stackEvents } from './stack.ts';
import { readTemplate, resourcesOf, templateFile, type Template } from './template.ts';
import { freshFolder, lintTemplate, MissingError, pythonTools, runTool, startMoto, type Moto } from './tools.ts';

const HELP = `npm run verify:cloud

Checks what is deployed, without AWS: packages the stages dev and prod, holds their templates to cfn-lint and to our rules,
deploys to moto (an AWS in Python) on this machine, and runs store, model and hooks on the deployed tables and queues.
Needs Python 3.11 or newer with venv and, the first time, PyPI. Takes about 7 minutes. What moto cannot do: CONTRIBUTING.md.

  --help  this text`;

const STAGE = 'ci';
const { FUNCTIONS } = createRequire(import.meta.url)('../../../infra/functions.cjs') as { FUNCTIONS: string[] };
const say = (text: string) => console.log(`   ${text}`);

/** One thing that must hold; it gives back what is wrong. */
async function step(title: string, check: () => Promise<string[] | void>): Promise<void> {
  const started = performance.now();
  process.stdout.write(`.. ${title}\n`);
  const problems = (await check()) ?? [];
  if (problems.length > 0) throw new Error(`${title}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
  console.log(`ok ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

async function verifyTemplates(bin: string): Promise<void> {
  // prod with all that an operator can add.
  const added = {
    ALARM_EMAIL: 'night@example.com',
    NO_HOOKS_MINUTES: '30',
    RESERVED_CONCURRENCY: 'connect=20,event=200',
  };
  for (const [stage, env] of Object.entries({ dev: {}, prod: added })) {
    const folder = freshFolder(stage);
    await step(`serverless package --stage ${stage}`, async () => {
      await runTool('serverless', ['package', '--stage', stage, '--package', folder], env);
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
}

const environmentOf = (template: Template) =>
  resourcesOf(template, 'AWS::Lambda::Function').flatMap(({ properties }) =>
    Object.keys((properties['Environment'] as { Variables: object }).Variables),
  );

async function verifyDeployment(moto: Moto): Promise<void> {
  const serverless = (command: string, stage: string, env: Record<string, string> = {}) =>
    runTool('serverless', [command, '--stage', stage], { ...moto.environment, ...env });
  const tables = [`wcs-hooks-${STAGE}-streams`, `wcs-hooks-${STAGE}-sessions`];

  await step(`serverless deploy --stage ${STAGE} creates the stack`, async () => {
    await serverless('deploy', STAGE);
  });
  await step('tables, indexes, queues, functions and logs are what the code expects', () =>
    problemsOfStack(moto, STAGE),
  );

  await step('each function does its work, and its role allows that and nothing else', async () => {
    await moto.ask([
      'ssm',
      'put_parameter',
      { Name: `/wcs-hooks/${STAGE}/hook-secret`, Value: HOOK_SECRET, Type: 'SecureString' },
    ]);
    const played = await playAll(moto, STAGE);
    say(`rights, each of them used: ${played.map(({ name, allowed }) => `${name} ${allowed.length}`).join(', ')}`);
    say(`taken away, and missed: ${played.map(({ name, missed }) => `${missed.action} of ${name}`).join(', ')}`);
    return played.flatMap((one) => [
      ...problemsOfPlay(one),
      ...problemsOfRights(one.allowed, one.needed).map((problem) => `${one.name} ${problem}`),
    ]);
  });

  const onDeployed = { TEST_DYNAMODB_ENDPOINT: moto.url, TEST_DYNAMODB_TABLES: tables.join(',') };
  const suite = (title: string, ...args: string[]) =>
    step(title, async () => {
      const output = (await runTool('vitest', ['run', ...args], onDeployed)).replaceAll(/\u001b\[\d+m/g, '');
      say(/Tests .*/.exec(output)?.[0] ?? '');
      return /\b[1-9]\d* passed/.test(output) ? [] : ['no test ran'];
    });
  // moto gets one request at a time (test/support/dynamo.ts): fifty hooks at once would wait longer than a hook may.
  await suite('the hooks on the deployed tables', 'test/integration/bundles.test.ts', '-t', '^(?!.*interleave)');
  await suite('the sweep on the deployed tables', 'test/functional/sweep.test.ts');
  await suite('a sample of the model on the deployed tables', 'test/integration/model.test.ts', '-t', 'DynamoDB API');
  await suite('the contract of the store on the deployed tables', 'test/integration/dynamo-store.test.ts');

  const row = { mediaSessionId: { S: 'kept' }, phase: { S: 'ended' } };
  const isKept = async (table: string) => {
    const Key = { mediaSessionId: row.mediaSessionId };
    const [{ Item } = {}] = await moto.ask(['dynamodb', 'get_item', { TableName: table, Key }]);
    return JSON.stringify(Item) === JSON.stringify(row);
  };
  await step('a second deploy with nothing changed changes nothing', async () => {
    await moto.ask(['dynamodb', 'put_item', { TableName: tables[0], Item: row }]);
    const before = await stackEvents(moto, STAGE);
    const output = await serverless('deploy', STAGE);
    const events = (await stackEvents(moto, STAGE)) - before;
    return [
      ...(output.includes('No changes to deploy') ? [] : [`serverless says:\n${output}`]),
      ...(events === 0 ? [] : [`the stack had ${events} events`]),
    ];
  });
  await step('an update changes the functions, and keeps the tables and their rows', async () => {
    await serverless('deploy', STAGE, { RETENTION_DAYS: '40', ALARM_EMAIL: 'night@example.com' });
    const [{ Environment } = {}] = (await moto.ask([
      'lambda',
      'get_function_configuration',
      { FunctionName: `wcs-hooks-${STAGE}-event` },
    ])) as { Environment?: { Variables: Record<string, string> } }[];
    return [
      ...(Environment?.Variables['RETENTION_DAYS'] === '40' ? [] : ['the functions have their old settings']),
      ...((await isKept(tables[0] ?? '')) ? [] : ['a row is gone']),
    ];
  });
  await step(`serverless remove --stage ${STAGE} leaves nothing`, async () => {
    await serverless('remove', STAGE);
    return problemsOfRest(moto, STAGE, []);
  });

  const kept = ['streams', 'sessions', 'parking', 'dead-letters'].map((name) => `wcs-hooks-prod-${name}`);
  await step('serverless remove --stage prod leaves the tables, with their rows, and the queues', async () => {
    await serverless('deploy', 'prod');
    await moto.ask(['dynamodb', 'put_item', { TableName: kept[0], Item: row }]);
    await serverless('remove', 'prod');
    const problems = await problemsOfRest(moto, 'prod', kept);
    return (await isKept(kept[0] ?? '')) ? problems : [...problems, 'a row is gone'];
  });
}

async function verify(): Promise<void> {
  const started = performance.now();
  const bin = await pythonTools(say);
  await verifyTemplates(bin);
  let moto: Moto | undefined;
  try {
    await step('moto starts', async () => {
      moto = await startMoto(bin);
    });
    if (moto) await verifyDeployment(moto);
  } finally {
    moto?.stop();
  }
  console.log(`The deployment is as it should be (${Math.round((performance.now() - started) / 1000)} s).`);
}

if (process.argv.includes('--help')) console.log(HELP);
else {
  await verify().catch((error: Error) => {
    console.error(error instanceof MissingError ? `Cannot verify: ${error.message}` : `FAILED ${error.message}`);
    process.exitCode = error instanceof MissingError ? 2 : 1;
  });
}
