/** `npm run test:browser`: the board in a real browser, on a running local stack with the simulator's clients. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { optionsOf, runCommand, UsageError } from '../../../infra/cli/command-line.ts';
import { runChecks } from '../../support/checks.ts';
import type { LocalStack } from '../../support/local-stack.ts';
import { TOKEN_SECRET, WITH_SECRET } from '../../support/tokens.ts';
import type { Check, Setting } from './check.ts';
import { launch } from './chromium.ts';
import { LIVE } from './live.ts';
import { MANY } from './many.ts';
import { STOP } from './stop.ts';
import { TEXTS } from './texts.ts';
import { BANS, TOKENS } from './tokens.ts';

const HELP = `npm run test:browser -- [options]

Starts the local stack twice, without and with tokens, sends it the hooks of simulated clients, and uses the board in Chromium as
an operator does. A console error and anything that the page's security policy blocks are failures, too. Exits with 1
if a check fails. Chromium is the machine's (apt-get install chromium), or CHROMIUM=<path>.

  --only WORD           only the checks whose title has this word
  --streams N           how many live streams must not stall it (10000)
  --screenshots FOLDER  where the pictures go (.browser)`;

const STACKS: readonly (readonly [NodeJS.ProcessEnv, readonly Check[]])[] = [
  [{}, [...LIVE, ...STOP, ...TEXTS, ...MANY]],
  [{ ...WITH_SECRET, TOKEN_SECRET, TOKEN_FOR: 'connect,publish,play' }, [...TOKENS, ...BANS]],
];

await runCommand('test:browser', async () => {
  const text = { type: 'string' } as const;
  const {
    help,
    only = '',
    streams: given,
    screenshots,
  } = optionsOf({
    only: text,
    streams: { ...text, default: '10000' },
    screenshots: { ...text, default: '.browser' },
    help: { type: 'boolean', default: false },
  });
  if (help) return console.log(HELP);
  const streams = Number(given);
  if (!Number.isInteger(streams) || streams < 100) throw new UsageError(`--streams ${given}: expected 100 or more`);
  mkdirSync(screenshots, { recursive: true });

  const browser = await launch();
  try {
    const stacks = STACKS.map(([env, checks]) => ({
      env,
      checks,
      settingOf: (stack: LocalStack): Setting => ({
        ...{ browser, stack, streams, url: `http://127.0.0.1:${stack.ports.PORT}/board` },
        shoot: async (page, name) => void (await page.screenshot({ path: join(screenshots, `${name}.png`) })),
        say: (line) => console.log(`    ${line}`),
      }),
      afterFailure: shootAll,
    }));
    await runChecks(stacks, only, `Pictures of what failed are in ${screenshots}.`);
  } finally {
    await browser.close();
  }
});

/** What the failed check left open. */
async function shootAll({ browser, shoot }: Setting, number: number): Promise<void> {
  for (const context of browser.contexts()) {
    for (const page of context.pages()) await shoot(page, `failed-${number}`);
    await context.close();
  }
}
