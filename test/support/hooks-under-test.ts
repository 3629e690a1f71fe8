import type { OwnPolicy } from '../../lib/access/own-policy.ts';
import { composeHooks } from '../../lib/composition/hook-function.ts';
import type { HookDeps } from '../../lib/http/middleware.ts';
import { createLog, type Line } from '../../lib/platform/log.ts';
import { readHookSettings } from '../../lib/settings/settings.ts';
import { sipAccountsFrom } from '../../lib/platform/sip-accounts.ts';
import { createSipAssignment } from '../../lib/hooks/sip-assignment.ts';
import { createTokenVerifier } from '../../lib/platform/token-verifier.ts';
import { bansOf, type Ban } from '../../lib/state/bans.ts';
import { METHODS, methodNamed } from '../../lib/wcs/methods.ts';
import { invoke, type Request } from './gateway-event.ts';
import { createMemoryStore } from './memory-store.ts';
import { REQUIRED } from './settings.ts';

/** The four functions, composed by lib/composition/hook-function.ts with other side effects; requests are routed as by API Gateway. */
export function hooksUnderTest(env: Record<string, string> = { IS_OFFLINE: 'true' }, own?: OwnPolicy) {
  const settings = readHookSettings({ ...REQUIRED, ...env }, own);
  const memory = createMemoryStore(settings);
  const lines: Line[] = [];
  let now = 0;
  const written: string[] = [];
  const write = createLog(
    (text) => written.push(text),
    () => now,
    'test',
  );
  const log = (line: Line) => {
    lines.push(line);
    write(line);
  };
  const deps: HookDeps = { settings, log, now: () => now };
  /** The JSON of SIP accounts by their names, and what was read; a rejection is Parameter Store's. */
  const sip = {
    accounts: {} as Record<string, string | Promise<string>>,
    reads: [] as string[],
  };
  const lookUp = sipAccountsFrom(async (name) => (sip.reads.push(name), sip.accounts[name]));
  const bans = {
    /** Those that everybody knows of; undefined: nobody could read them. */
    list: [] as readonly Ban[] | undefined,
    current: () => Promise.resolve(bans.list && bansOf(bans.list)),
  };
  const known = settings.bansTable === undefined ? undefined : bans;
  const serving = composeHooks(deps, memory, known, {
    createTokenVerifier,
    createSipAssignment: (rules) => createSipAssignment(rules, lookUp),
  });
  const others = composeHooks(deps, memory, known);
  const handlers = { connect: serving, invocation: serving, event: others, incoming: others };
  return {
    memory,
    sip,
    bans,
    /** What the log says of each hook. */
    lines: (): Record<string, unknown>[] =>
      lines.map(({ level, fields, metrics }) => ({ level, ...fields, ...metrics })),
    /** The same as it is written. */
    written,
    now: deps.now,
    setNow: (time: number) => void (now = time),
    send: (request: Request) => {
      const method = methodNamed(request.method);
      // A spelling without a route of its own, as an unknown method, is served by the catch-all.
      const type = method && method === request.method ? METHODS[method].type : 'invocation';
      return invoke(handlers[type], request);
    },
  };
}

/** The members of a response's body. */
export const json = (response: { body?: string | undefined }) =>
  JSON.parse(response.body ?? '') as Record<string, unknown>;
