/** What a scenario is: what happens, and what must come of it. */
import type { ExpectedRow } from './expected-row.ts';
import type { Random } from './random.ts';
import type { Script } from './run.ts';
import type { Hook } from './wcs.ts';

export interface Scenario {
  /** Played to their ends before the others. */
  readonly first?: readonly Script[];
  readonly scripts: readonly Script[];
  readonly rows: ReadonlyMap<string, ExpectedRow>;
  /** Hooks that must be denied, with a wrong signature or password. */
  readonly forged?: readonly Hook[];
}

export interface ScenarioOptions {
  /** Or calls, or registrations. */
  readonly streams: number;
  /** Of each stream. */
  readonly players: number;
  readonly keepAlives: number;
  /** Of every client; `null`: it has none. */
  readonly token?: string | null | undefined;
  readonly origin?: string | undefined;
  /** Whom all phones want to call. */
  readonly callee?: string | undefined;
  /** The pages of phones bring no SIP accounts of their own. */
  readonly withoutAccount?: boolean;
}

export type Play = (options: ScenarioOptions, random: Random) => Scenario;
