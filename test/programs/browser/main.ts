/** `npm run test:browser`: the board in a real browser, on a running local stack with the simulator's clients. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, optionsOf, runCommand, UsageError } from '../../../infra/cli/command-line.ts';
import { startStack } from '../../support/local-stack.ts';
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
  let passed = 0;
  const failed: string[] = [];
  for (const [env, checks] of STACKS) {
    const chosen = checks.filter(([title]) => title.includes(only));
    if (chosen.length === 0) continue;
    const stack = await startStack({ env: { STOP_STREAMS: 'true', ...env } });
    const setting: Setting = {
      ...{ browser, stack, streams, url: `http://127.0.0.1:${stack.ports.PORT}/board` },
      shoot: async (page, name) => void (await page.screenshot({ path: join(screenshots, `${name}.png`) })),
      say: (line) => console.log(`    ${line}`),
    };
    for (const [title, run] of chosen) {
      const began = Date.now();
      try {
        await run(setting);
        passed++;
        console.log(`ok      ${title} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
      } catch (error) {
        failed.push(title);
        console.log(`FAILED  ${title}\n        ${(error as Error).message.replaceAll('\n', '\n        ')}`);
        await shootAll(setting, failed.length);
      }
    }
    await stack.stop();
  }
  await browser.close();
  console.log(`${passed} passed, ${failed.length} failed`);
  if (passed + failed.length === 0) throw new UsageError(`--only ${only}: no check has this in its title`);
  if (failed.length > 0) throw new Failure(`Pictures of what failed are in ${screenshots}.`);
});

/** What the failed check left open. */
async function shootAll({ browser, shoot }: Setting, number: number): Promise<void> {
  for (const context of browser.contexts()) {
    for (const page of context.pages()) await shoot(page, `failed-${number}`);
    await context.close();
  }
}
