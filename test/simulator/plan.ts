/** What a run is going to send, and whether that was agreed to. */
import { CAPTURES } from '../support/fixtures.ts';
import { UsageError } from '../../infra/cli/command-line.ts';
import { isLoopback } from '../../infra/cli/loopback.ts';
import type { Subject } from '../../lib/wcs/methods.ts';
import type { Options } from './options.ts';
import { createRandom } from './random.ts';
import type { Script } from './run.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

export interface Plan extends Required<Scenario> {
  /** What the rows are about. */
  readonly kind: Subject;
  /** How many hooks it has. */
  readonly total: number;
}

export function planOf(options: Options): Plan {
  const { scenario: name, seed } = options;
  const [, scenario, kind] = SCENARIOS[name];
  // Other streams in each scenario: an id is used once.
  const random = createRandom(seed + 7919 * Object.keys(SCENARIOS).indexOf(name));
  const { first = [], scripts, rows, forged = [] } = scenario(options, random);
  const before = options.captures ? [captured(), ...first] : first;
  const total = [...before, ...scripts, forged].reduce((sum, script) => sum + script.length, 0);
  return { kind, first: before, scripts, rows, forged, total };
}

/** One recorded body after another. */
const captured = (): Script => CAPTURES.map(({ method, text }) => ({ method, body: text }));

type Where = Pick<Options, 'url' | 'yes' | 'verify' | 'dynamodb' | 'table'>;

/** @throws UsageError where something would leave this machine, and nobody said yes */
export function checkAgreed({ url, yes, verify, dynamodb, table }: Where, { kind, total, rows }: Plan): void {
  const away = [
    ...(isLoopback(url)
      ? []
      : [
          `${total} hooks would be sent to ${url}, and leave rows there: of ${rows.size} ${kind}s${kind === 'session' ? '' : ', and of their sessions'}.`,
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
