/** What can happen to a WCS and its clients, and the rows that must result, whatever happened on the way. */
import { busy, failedCall, incoming, lostHangup, outgoing, registrations, transfer } from './calls.ts';
import type { Subject } from '../../lib/wcs/methods.ts';
import type { Random } from './random.ts';
import type { Script } from './run.ts';
import type { ExpectedRow } from './expected-row.ts';
import type { Play, Scenario, ScenarioOptions } from './scenario.ts';
import {
  connects,
  createClient,
  createNodeId,
  ends,
  keepAlives,
  starts,
  statusOf,
  streamHook,
  type Client,
} from './sessions.ts';
import type { Hook } from './wcs.ts';

/** In the order in which --help shows them, each with what its rows are about. */
export const SCENARIOS = {
  lifecycle: ['clients connect, publish, play, and end', lifecycle, 'stream'],
  reconnect: ['a publisher comes back, and its old session ends late', reconnect, 'stream'],
  crash: ['a node stops talking, and its streams are lost after a lease', crash, 'stream'],
  reorder: ['the hooks of a connected client arrive in any order', reorder, 'stream'],
  duplicate: ['every hook arrives up to three times', duplicate, 'stream'],
  burst: ['all clients connect, then the hooks of all arrive at once', burst, 'stream'],
  'bad-signature': ['somebody has wrong credentials; needs --secret or --user', badSignature, 'stream'],
  flapping: ['players pause and play again, many times', flapping, 'stream'],
  'many-viewers': ['many players of few streams, of which half leave', manyViewers, 'stream'],
  registration: ['phones register, some fail, some leave', registrations, 'session'],
  outgoing: ['phones call, talk, hold, and hang up', outgoing, 'call'],
  incoming: ['phones are called: some answer, some ring, some are missed', incoming, 'call'],
  transfer: ['calls are transferred to somebody else; some transfers fail', transfer, 'call'],
  busy: ['the callee is busy', busy, 'call'],
  'failed-call': ['calls fail with a SIP status', failedCall, 'call'],
  'lost-hangup': ['pages close during a call, and nothing reports its end', lostHangup, 'call'],
} as const satisfies Record<string, readonly [string, Play, Subject]>;
export type ScenarioName = keyof typeof SCENARIOS;

const facts = ({ name, published, nodeId, sessionId }: Client) => ({ name, published, nodeId, sessionId });

const live = (client: Client, status = statusOf(client)): ExpectedRow => ({
  ...facts(client),
  phase: 'live',
  status,
  live: client.published ? 'publishing' : 'playing',
  endedAt: null,
  expiresAt: null,
  lost: null,
  sdp: null,
});

const ended = (client: Client): ExpectedRow => ({
  ...facts(client),
  phase: 'ended',
  status: client.published ? 'UNPUBLISHED' : 'STOPPED',
  info: 'Stopped by user',
  live: null,
  lost: null,
  sdp: null,
});

/** For each stream a publisher and its players. */
function clientsOf({ streams, players, token, origin }: ScenarioOptions, random: Random): Client[][] {
  const nodeId = createNodeId(random);
  return Array.from({ length: streams }, (_, n) => {
    const name = `stream-${n}-${random.uuid(4).slice(0, 8)}`;
    return [true, ...Array<boolean>(players).fill(false)].map((published) =>
      createClient(random, { name, published, nodeId, token, origin }),
    );
  });
}

const wholeLife = (client: Client, keepAliveCount: number): Script => [
  ...connects(client),
  ...starts(client),
  ...keepAlives(client, keepAliveCount),
  ...ends(client),
];

const rowsOf = (clients: readonly Client[], row: (client: Client) => ExpectedRow) =>
  new Map(clients.map((client) => [client.mediaSessionId, row(client)]));

function lifecycle(options: ScenarioOptions, random: Random): Scenario {
  const clients = clientsOf(options, random).flat();
  return { scripts: clients.map((client) => wholeLife(client, options.keepAlives)), rows: rowsOf(clients, ended) };
}

function reconnect(options: ScenarioOptions, random: Random): Scenario {
  const pairs = clientsOf({ ...options, players: 0 }, random).flatMap(([old]) =>
    old ? [{ old, renewed: createClient(random, { ...old }) }] : [],
  );
  return {
    scripts: pairs.map(({ old, renewed }) => [
      ...connects(old),
      ...starts(old),
      ...keepAlives(old, options.keepAlives),
      ...connects(renewed),
      ...starts(renewed),
      ...ends(old),
      ...keepAlives(renewed, options.keepAlives),
    ]),
    rows: new Map([
      ...rowsOf(
        pairs.map(({ old }) => old),
        ended,
      ),
      ...rowsOf(
        pairs.map(({ renewed }) => renewed),
        (client) => live(client),
      ),
    ]),
  };
}

function crash(options: ScenarioOptions, random: Random): Scenario {
  const clients = clientsOf(options, random).flat();
  return {
    scripts: clients.map((client) => [
      ...connects(client),
      ...starts(client),
      ...keepAlives(client, Math.max(1, options.keepAlives)),
    ]),
    rows: rowsOf(clients, (client) => ({
      ...facts(client),
      phase: 'lost',
      status: statusOf(client),
      keepAlive: true,
      live: null,
      endedAt: null,
    })),
  };
}

function reorder(options: ScenarioOptions, random: Random): Scenario {
  const clients = clientsOf(options, random).flat();
  return {
    scripts: clients.map((client) => {
      const { connect, start, disconnected, others } = looseLife(client, options.keepAlives);
      return [connect, ...inOrder(start, disconnected, random.shuffled([start, disconnected, ...others]))];
    }),
    rows: rowsOf(clients, ended),
  };
}

/** The same, but for two that change places where the later one comes first. */
function inOrder(earlier: Hook, later: Hook, hooks: readonly Hook[]): Script {
  if (hooks.indexOf(earlier) < hooks.indexOf(later)) return hooks;
  return hooks.map((hook) => (hook === earlier ? later : hook === later ? earlier : hook));
}

/**
 * A life of which the `others` may come in any order. A client asks for its stream when `connect` is answered, and leaves
 * when that is.
 */
function looseLife(client: Client, keepAliveCount: number) {
  const [connect, established] = connects(client);
  const [start, started] = starts(client);
  const [end, ended, disconnected] = ends(client);
  const others = [established, started, ...keepAlives(client, keepAliveCount), end, ended];
  return { connect, start, disconnected, others };
}

function duplicate(options: ScenarioOptions, random: Random): Scenario {
  const { scripts, rows } = lifecycle(options, random);
  const repeated = (hook: Hook) => Array<Hook>(random.between(1, 3)).fill(hook);
  return { scripts: scripts.map((script) => script.flatMap(repeated)), rows };
}

function burst(options: ScenarioOptions, random: Random): Scenario {
  const clients = clientsOf(options, random).flat();
  const lives = clients.map((client) => looseLife(client, options.keepAlives));
  const scripts = lives.flatMap(({ start, disconnected, others }) => [
    [start, disconnected],
    ...others.map((hook) => [hook]),
  ]);
  return {
    first: lives.map(({ connect }) => [connect]),
    scripts: random.shuffled(scripts),
    rows: rowsOf(clients, ended),
  };
}

function badSignature(options: ScenarioOptions, random: Random): Scenario {
  const honest = lifecycle({ ...options, players: 0 }, random);
  const victims = [...clientsOf({ ...options, players: 0 }, random).flat()];
  const forgeries = victims.flatMap((client) => [...connects(client), ...starts(client), ...keepAlives(client, 1)]);
  // They also try to end the streams of others, while these live.
  const [first] = victims;
  return {
    scripts: [...honest.scripts, ...(first ? [[...connects(first), ...starts(first)]] : [])],
    forged: [...forgeries, ...(first ? [streamHook(first, 'StreamStatusEvent', 'UNPUBLISHED')] : [])],
    rows: new Map([
      ...honest.rows,
      ...rowsOf(victims.slice(1), () => null),
      ...(first ? [[first.mediaSessionId, live(first)] as const] : []),
    ]),
  };
}

function flapping(options: ScenarioOptions, random: Random): Scenario {
  const players = clientsOf({ ...options, players: Math.max(1, options.players) }, random).flatMap(
    ([, ...players]) => players,
  );
  const flaps = new Map(players.map((client) => [client, random.between(2, 12)]));
  return {
    scripts: players.map((client) => [
      ...connects(client),
      ...starts(client),
      ...Array.from({ length: flaps.get(client) ?? 0 }, (_, n) =>
        streamHook(client, 'StreamStatusEvent', n % 2 ? 'PLAYING' : 'PAUSED'),
      ),
    ]),
    rows: rowsOf(players, (client) => live(client, (flaps.get(client) ?? 0) % 2 ? 'PAUSED' : 'PLAYING')),
  };
}

function manyViewers(options: ScenarioOptions, random: Random): Scenario {
  const streams = Math.max(1, Math.ceil(options.streams / 100));
  const players = Math.ceil(options.streams / streams) * Math.max(1, options.players);
  const groups = clientsOf({ ...options, streams, players }, random);
  const leaves = (client: Client, n: number) => !client.published && n % 2 === 0;
  const planned = groups.flatMap((clients) => clients.map((client, n) => ({ client, leaves: leaves(client, n) })));
  return {
    scripts: planned.map(({ client, leaves }) => [
      ...connects(client),
      ...starts(client),
      ...keepAlives(client, options.keepAlives),
      ...(leaves ? ends(client) : []),
    ]),
    rows: new Map(planned.map(({ client, leaves }) => [client.mediaSessionId, leaves ? ended(client) : live(client)])),
  };
}
