/** `npm run test:board-api`: the board's API against its OpenAPI file and against attacks, on a running local stack. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, optionsOf, runCommand, UsageError } from '../../../infra/cli/command-line.ts';
import { MissingError, ROOT } from '../../../infra/local/python.ts';
import { startStack } from '../../support/local-stack.ts';
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

const DOCUMENT = join(ROOT, 'docs/board.openapi.json');
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** As the file says where nobody needs a token. */
function withoutTokens(): object {
  const { security: _, ...document } = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as Record<string, unknown>;
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
    ({ stack, say }) => runSchemathesis({ document, port: stack.ports.PORT, token, examples, seed, say }),
  ];
  const all = await ofBoard({});
  const described = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as object;
  const stacks: readonly (readonly [env: NodeJS.ProcessEnv, token: string | undefined, checks: readonly Check[]])[] = [
    [{}, undefined, [...ATTACKS, fits(withoutTokens())]],
    [
      { ...WITH_SECRET, TOKEN_FOR: 'connect,publish,play', BOARD_ORIGINS: 'https://ops.example.com' },
      all,
      [...ATTACKS, ...ATTACKS_WITH_TOKENS, fits(described, all)],
    ],
  ];

  let passed = 0;
  const failed: string[] = [];
  for (const [env, token, checks] of stacks) {
    const chosen = checks.filter(([title]) => title.includes(only));
    if (chosen.length === 0) continue;
    const stack = await startStack({ env: { STOP_STREAMS: 'true', ...env } });
    try {
      await fillTables(stack, token === undefined ? undefined : ofClients);
      const setting: Setting = { stack, token, ofBoard, requests, say: (line) => console.log(`    ${line}`) };
      for (const [title, run] of chosen) {
        const began = Date.now();
        try {
          await run(setting);
          passed++;
          console.log(`ok      ${title} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
        } catch (error) {
          if (error instanceof MissingError) throw new Failure(error.message);
          failed.push(title);
          console.log(`FAILED  ${title}\n        ${(error as Error).message.replaceAll('\n', '\n        ')}`);
        }
      }
      if (stack.output().includes(TOKEN_SECRET) || (token !== undefined && stack.output().includes(token)))
        failed.push('no log has a token');
    } finally {
      await stack.stop();
    }
  }
  console.log(`${passed} passed, ${failed.length} failed`);
  if (passed + failed.length === 0) throw new UsageError(`--only ${only}: no check has this in its title`);
  if (failed.length > 0) throw new Failure(`Failed (--seed ${seed}): ${failed.join('; ')}`);
});
