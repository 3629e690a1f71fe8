import { parseArgs } from 'node:util';
import { RECEIVERS, type Receiver } from './bundles.ts';

export const HELP = `npm run bench -- [--rounds N] [--warm N] [--hooks N] [--only NAMES] [--json]
npm run bench -- --events [--rounds N]

What a StreamStatusEvent costs on this machine, side by side: a bare UpdateItem of the AWS SDK, a receiver as tutorials
write it, and wcs-hooks. Every figure comes from a process of its own, against a DynamoDB that answers at once, over HTTP
and over TLS; the three take turns, so that a machine that slows down slows all of them. Figures, no pass or fail.

  --rounds N    cold starts and warm runs of each (11)
  --warm N      hooks of a warm run, one after another and 16 at once, after half as many to warm up (2000)
  --hooks N     hooks after which the memory is looked at, and at a fifth of it; 0 leaves it out (50000)
  --only NAMES  a comma list of ${RECEIVERS.join(', ')}
  --json        all figures as one JSON object
  --events      instead: what events cost a hook on the local stack, without them, with them, and with EVENTS_URL, in turns`;

export interface Options {
  readonly rounds: number;
  readonly warm: number;
  readonly hooks: number;
  readonly only: readonly Receiver[];
  readonly json: boolean;
  readonly events: boolean;
}

/** @returns a text to show where there is nothing to run; `isError` where it was misused */
export function readOptions(args: string[]): Options | { readonly text: string; readonly isError: boolean } {
  const wrong = (text: string) => ({ text: `${text}\nnpm run bench -- --help tells what there is.`, isError: true });
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        rounds: { type: 'string', default: '11' },
        warm: { type: 'string', default: '2000' },
        hooks: { type: 'string', default: '50000' },
        only: { type: 'string', default: RECEIVERS.join(',') },
        json: { type: 'boolean', default: false },
        events: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    return wrong((error as Error).message);
  }
  if (values.help) return { text: HELP, isError: false };
  for (const [name, least] of Object.entries({ rounds: 1, warm: 100, hooks: 0 })) {
    const given = values[name as 'rounds' | 'warm' | 'hooks'];
    if (!/^\d{1,7}$/.test(given) || Number(given) < least)
      return wrong(`--${name} ${given}: expected a whole number from ${least} on`);
  }
  const only = values.only.split(',');
  const unknown = only.find((name) => !(RECEIVERS as readonly string[]).includes(name));
  if (unknown !== undefined) return wrong(`--only ${unknown}: expected some of ${RECEIVERS.join(', ')}`);
  return {
    rounds: Number(values.rounds),
    warm: Number(values.warm),
    hooks: Number(values.hooks),
    only: only as Receiver[],
    json: values.json,
    events: values.events,
  };
}
