/** What a run is going to send, and whether that was agreed to. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../infra/cli/command-line.ts';
import { isLoopback } from '../../infra/cli/loopback.ts';
import type { Options } from './options.ts';
import { createRandom } from './random.ts';
import type { Script } from './run.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

export interface Plan extends Required<Scenario> {
  /** How many hooks it has. */
  readonly total: number;
}

export function planOf(options: Options): Plan {
  const { scenario: name, seed } = options;
  const [, scenario] = SCENARIOS[name];
  // Other streams in each scenario: an id is used once.
  const random = createRandom(seed + 7919 * Object.keys(SCENARIOS).indexOf(name));
  const { first = [], scripts, rows, forged = [] } = scenario(options, random);
  const before = options.captures ? [captured(), ...first] : first;
  const total = [...before, ...scripts, forged].reduce((sum, script) => sum + script.length, 0);
  return { first: before, scripts, rows, forged, total };
}

/** One recorded body after another. */
function captured(): Script {
  const folder = join(import.meta.dirname, '../fixtures');
  return readdirSync(folder).map((file) => ({
    method: file.split('.')[0] ?? '',
    body: readFileSync(join(folder, file), 'utf8'),
  }));
}

type Where = Pick<Options, 'url' | 'yes' | 'verify' | 'dynamodb' | 'table'>;

/** @throws UsageError where something would leave this machine, and nobody said yes */
export function checkAgreed({ url, yes, verify, dynamodb, table }: Where, { total, rows }: Plan): void {
  const away = [
    ...(isLoopback(url)
      ? []
      : [
          `${total} hooks would be sent to ${url}, and leave rows there: of ${rows.size} streams, and of their sessions.`,
        ]),
    ...(!verify || isLoopback(dynamodb)
      ? []
      : [`${rows.size} rows would be read, until they are as they should be, from ${table} at ${dynamodb}.`]),
  ];
  if (yes || away.length === 0) return;
  throw new UsageError(
    `${away.join('\n')}\nThat is not this machine, and AWS bills each of them: add --yes if it is what you want.`,
  );
}
