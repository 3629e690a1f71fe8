/** What can happen to phones, in the order in which a WCS reports it, and the rows that must result. */
import type { ExpectedRow } from './expected-row.ts';
import { answer, createPhone, registration, request, start, status, transferStatus, type Phone } from './phones.ts';
import type { Random } from './random.ts';
import type { Script } from './run.ts';
import type { Scenario, ScenarioOptions } from './scenario.ts';
import { connects, createNodeId, disconnects } from './sessions.ts';
import type { Hook } from './wcs.ts';

/** One of several courses, which phones take in turn. */
interface Course {
  readonly hooks: (phone: Phone) => Script;
  readonly row: ExpectedRow;
}

/** Each phone takes the next course. */
function played(options: ScenarioOptions, random: Random, incoming: boolean, courses: readonly Course[]): Scenario {
  const { token, origin, callee, withoutAccount } = options;
  const nodeId = createNodeId(random);
  const planned = Array.from({ length: options.streams }, (_, n) => ({
    phone: createPhone(random, { nodeId, token, origin, callee, withoutAccount, incoming }),
    course: courses[n % courses.length],
  }));
  return {
    scripts: planned.map(({ phone, course }) => course?.hooks(phone) ?? []),
    rows: new Map(planned.map(({ phone, course }) => [phone.callId, { ...facts(phone), ...course?.row }])),
  };
}

const facts = ({ caller, callee, incoming, nodeId, sessionId }: Phone) => ({
  ...{ caller, callee, incoming, nodeId, sessionId, lost: null },
  ...{ sdp: null, sipMessageRaw: null },
});

const registers = (phone: Phone): Script => [...connects(phone), registration(phone)];
const leaves = (phone: Phone): Script => [registration(phone, 'UNREGISTERED'), disconnects(phone)];

/** Until the other side's phone rings, with or without a tone from there. */
const rings = (phone: Phone, tone?: string): Script => [
  start(phone),
  ...(phone.incoming ? [] : [status(phone, 'TRYING', 100)]),
  status(phone, 'RING', 180),
  ...(tone ? [status(phone, tone, 183)] : []),
];
const picksUp = (phone: Phone): Script => [
  ...(phone.incoming ? [answer(phone)] : []),
  status(phone, 'ESTABLISHED', 200),
];
const holds = (phone: Phone, fields: object = {}): Script => [
  request(phone, 'hold', fields),
  status(phone, 'HOLD', 200, fields),
];
const resumes = (phone: Phone): Script => [request(phone, 'unhold'), status(phone, 'ESTABLISHED', 200)];
const hangsUp = (phone: Phone): Script => [request(phone, 'hangup'), status(phone, 'FINISH')];

const inCall = (words: Record<string, string | number | null>, live: 'ringing' | 'talking'): ExpectedRow => ({
  phase: 'live',
  ...words,
  live,
  expiresAt: null,
});
const over = (words: Record<string, string | number | null>): ExpectedRow => ({ phase: 'ended', ...words, live: null });
const FINISHED = over({ status: 'FINISH', sipStatus: null });

export function outgoing(options: ScenarioOptions, random: Random): Scenario {
  const talk = (tone: string) => (phone: Phone) => [
    ...registers(phone),
    ...rings(phone, tone),
    ...picksUp(phone),
    request(phone, 'sendDtmf', { type: 'RFC2833', dtmf: '1' }),
    ...holds(phone),
    ...resumes(phone),
    ...hangsUp(phone),
    ...leaves(phone),
  ];
  return played(options, random, false, [
    { hooks: talk('SESSION_PROGRESS'), row: FINISHED },
    { hooks: talk('RING_MEDIA'), row: FINISHED },
  ]);
}

export function incoming(options: ScenarioOptions, random: Random): Scenario {
  const called = (phone: Phone) => [...registers(phone), ...rings(phone)];
  const talking = (phone: Phone) => [...called(phone), ...picksUp(phone)];
  return played(options, random, true, [
    { hooks: (phone) => [...talking(phone), ...hangsUp(phone), ...leaves(phone)], row: FINISHED },
    { hooks: talking, row: inCall({ status: 'ESTABLISHED', sipStatus: 200 }, 'talking') },
    { hooks: called, row: inCall({ status: 'RING', sipStatus: 180 }, 'ringing') },
    // The caller gives up.
    { hooks: (phone) => [...called(phone), status(phone, 'FINISH'), ...leaves(phone)], row: FINISHED },
  ]);
}

/** Always the same, because a token must name it. */
export const TRANSFER_TARGET = '4930901855';

export function transfer(options: ScenarioOptions, random: Random): Scenario {
  const target = TRANSFER_TARGET;
  const transferred = (outcome: string) => (phone: Phone) => [
    ...registers(phone),
    ...rings(phone),
    ...picksUp(phone),
    ...holds(phone, { holdForTransfer: true }),
    request(phone, 'transfer', { target }),
    ...['ACCEPTED', 'TRYING', outcome].map((word) => transferStatus(phone, word, target)),
    ...(outcome === 'COMPLETED' ? [status(phone, 'FINISH')] : [...resumes(phone), ...hangsUp(phone)]),
    ...leaves(phone),
  ];
  const row = (transferStatus: string) => ({ ...FINISHED, transferTarget: target, transferStatus });
  return played(options, random, false, [
    { hooks: transferred('COMPLETED'), row: row('COMPLETED') },
    { hooks: transferred('FAILED'), row: row('FAILED') },
  ]);
}

export function busy(options: ScenarioOptions, random: Random): Scenario {
  const hooks = (phone: Phone) => [
    ...registers(phone),
    start(phone),
    status(phone, 'TRYING', 100),
    status(phone, 'BUSY', 486),
    status(phone, 'FINISH'),
    ...leaves(phone),
  ];
  return played(options, random, false, [{ hooks, row: over({ status: 'BUSY', sipStatus: 486 }) }]);
}

export function failedCall(options: ScenarioOptions, random: Random): Scenario {
  const fails = (sipStatus: number, info: string): Course => ({
    hooks: (phone) => [
      ...registers(phone),
      start(phone),
      status(phone, 'TRYING', 100),
      status(phone, 'FAILED', sipStatus, { info }),
      ...leaves(phone),
    ],
    row: over({ status: 'FAILED', sipStatus, info }),
  });
  return played(options, random, false, [
    fails(404, 'Not Found'),
    fails(486, 'Busy Here'),
    fails(503, 'Service Unavailable'),
  ]);
}

/** Its end is presumed, by the last word of its session. */
export function lostHangup(options: ScenarioOptions, random: Random): Scenario {
  const hooks = (phone: Phone) => [...registers(phone), ...rings(phone), ...picksUp(phone), disconnects(phone)];
  const row = over({ status: 'DISCONNECTED', info: PRESUMED, sipStatus: null });
  return played(options, random, false, [{ hooks, row }]);
}
const PRESUMED = 'presumed: the session has ended';

/** Its rows are those of the sessions. */
export function registrations(options: ScenarioOptions, random: Random): Scenario {
  const { token, origin, withoutAccount } = options;
  const nodeId = createNodeId(random);
  const gone = (phone: Phone): Hook[] => [disconnects(phone)];
  const courses = [
    { words: ['REGISTERED'], end: () => [] },
    { words: ['REGISTERED', 'REGISTERED'], end: () => [] },
    { words: ['REGISTERED', 'UNREGISTERED'], end: gone },
    { words: ['AUTHENTICATION_FAIL'], end: gone },
  ];
  const planned = Array.from({ length: options.streams }, (_, n) => ({
    phone: createPhone(random, { nodeId, token, origin, withoutAccount, incoming: false }),
    ...(courses[n % courses.length] ?? { words: [], end: gone }),
  }));
  return {
    scripts: planned.map(({ phone, words, end }) => [
      ...connects(phone),
      ...words.map((word) => registration(phone, word)),
      ...end(phone),
    ]),
    rows: new Map(
      planned.map(({ phone, words, end }) => [
        phone.sessionId,
        {
          ...(end === gone ? { phase: 'ended', status: 'DISCONNECTED' } : { phase: 'live', status: 'ESTABLISHED' }),
          ...{ registration: words.at(-1) ?? null, nodeId },
          ...{ sipLogin: null, sipPassword: null, sipDomain: null },
        },
      ]),
    ),
  };
}
