/** `npm run test:board-api`: the board's API against its OpenAPI file and against attacks, on a running local stack. */
import { optionsOf, runCommand, UsageError } from '../../../infra/cli/command-line.ts';
import { runChecks } from '../../support/checks.ts';
import type { LocalStack } from '../../support/local-stack.ts';
import { DOCUMENT } from '../../support/open-api.ts';
import { signToken, TOKEN_SECRET, WITH_SECRET } from '../../support/tokens.ts';
import { ATTACKS, ATTACKS_WITH_TOKENS } from './attacks.ts';
import type { Check, Setting } from './check.ts';
import { fillTables } from './rows.ts';
import { runSchemathesis } from './schemathesis.ts';

const HELP = `npm run test:board-api -- [options]

Starts the local stack twice, first open, then with token settings, sends it hooks of simulated clients, and attacks the
board's API: with what schemathesis makes of docs/board.openapi.json, and with what nobody should send. Exits with 1
if an answer is not as the file says, or gives away what it should not. Python 3.11 or newer is needed, and PyPI once.

  --examples N  of schemathesis for each operation (40)
  --requests N  how many requests at once must be answered from few reads (10000)
  --seed N      of schemathesis (random)
  --only WORD   only the checks whose title has this word`;

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** As the file says where nobody needs a token. */
function withoutTokens(): object {
  const { security: _, ...document } = DOCUMENT as typeof DOCUMENT & { security: unknown };
  return document;
}

const wholeNumber = (name: string, given: string, least: number): number => {
  const number = Number(given);
  if (Number.isInteger(number) && number >= least) return number;
  throw new UsageError(`--${name} ${given}: expected a whole number from ${least} on`);
};

await runCommand('test:board-api', async () => {
  const text = { type: 'string' } as const;
  const { help, only, ...given } = optionsOf({
    examples: { ...text, default: '40' },
    requests: { ...text, default: '10000' },
    seed: { ...text, default: String(Date.now() % 1_000_000) },
    only: { ...text, default: '' },
    help: { type: 'boolean', default: false },
  });
  if (help) return console.log(HELP);
  const examples = wholeNumber('examples', given.examples, 1);
  const requests = wholeNumber('requests', given.requests, 100);
  const seed = wholeNumber('seed', given.seed, 0);

  const board = ['read', 'stop', 'ban'];
  const ofBoard = (claims: Record<string, unknown>) =>
    signToken({ claims: { sub: 'support', board, exp: inSeconds(900), ...claims } });
  const ofClients = await signToken({ claims: { publish: ['*'], play: ['*'], exp: inSeconds(900) } });
  const fits = (document: object, token?: string): Check => [
    `answers are as docs/board.openapi.json says, ${token === undefined ? 'without tokens' : 'with a token'}`,
    ({ stack, say }) =>
      runSchemathesis({ document, url: `http://127.0.0.1:${stack.ports.PORT}`, token, examples, seed, say }),
  ];
  const all = await ofBoard({});
  const onStack = (env: NodeJS.ProcessEnv, token: string | undefined, checks: readonly Check[]) => ({
    env,
    checks,
    async settingOf(stack: LocalStack): Promise<Setting> {
      await fillTables(stack, token === undefined ? undefined : ofClients);
      return { stack, token, ofBoard, requests, say: (line) => console.log(`    ${line}`) };
    },
    afterAll: (stack: LocalStack) =>
      [TOKEN_SECRET, ...(token === undefined ? [] : [token])].some((secret) => stack.output().includes(secret))
        ? ['no log has a token']
        : [],
  });
  const withTokens = { ...WITH_SECRET, TOKEN_FOR: 'connect,publish,play', BOARD_ORIGINS: 'https://ops.example.com' };
  await runChecks(
    [
      onStack({}, undefined, [...ATTACKS, fits(withoutTokens())]),
      onStack(withTokens, all, [...ATTACKS, ...ATTACKS_WITH_TOKENS, fits(DOCUMENT, all)]),
    ],
    only,
    `The requests were made with --seed ${seed}.`,
  );
});
