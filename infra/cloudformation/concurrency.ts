/** RESERVED_CONCURRENCY="connect=20,event=200": off by default, because a new account has too little to reserve from. */
import { functionId, HOOK_FUNCTIONS } from './functions.ts';
import { fromShell, type Tools } from './template.ts';

/** The functions that somebody waits for. */
const RESERVABLE = [...HOOK_FUNCTIONS, 'board'] as const;

function parse(entry: string) {
  const [, given, count] = /^(\w+)=(\d+)$/.exec(entry.trim()) ?? [];
  const name = RESERVABLE.find((one) => one === given);
  if (name === undefined) {
    const expected = RESERVABLE.map((one) => `${one}=20`).join(', ');
    throw new Error(
      `RESERVED_CONCURRENCY has ${JSON.stringify(entry)}: expected a comma-separated list of ${expected}`,
    );
  }
  return [functionId(name), { Properties: { ReservedConcurrentExecutions: Number(count) } }] as const;
}

export async function concurrency(tools: Tools) {
  const reserved = await fromShell(tools, 'RESERVED_CONCURRENCY');
  return { extensions: Object.fromEntries(reserved.split(',').filter(Boolean).map(parse)) };
}
