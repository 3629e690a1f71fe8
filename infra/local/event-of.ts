/** Makes the event of a write to the local DynamoDB, in the envelope in which EventBridge would deliver it. */
import { randomUUID } from 'node:crypto';
import { changeOf, envelopeOf } from '../../lib/state/change.ts';
import { KINDS, type KindName } from '../../lib/state/row.ts';
import { toRow } from '../../lib/store/items.ts';
import type { EventOf } from './change-capture.ts';
import { STAGE } from './settings.ts';

/** The account id of the local queues. */
const ACCOUNT = '000000000000';

/** By table, such as `wcs-hooks-local-streams`. Other tables, which a developer may have created, have no events. */
const KIND_OF = new Map<string, KindName>(
  (Object.keys(KINDS) as KindName[]).map((kind) => [`wcs-hooks-${STAGE}-${kind}s`, kind] as const),
);

export const createEventOf =
  (now: () => number): EventOf =>
  (table, before, after) => {
    const kind = KIND_OF.get(table);
    const id = kind && (after ?? before)?.[KINDS[kind].key]?.S;
    if (kind === undefined || id === undefined) return undefined;
    const change = changeOf(kind, id, before && toRow(before), after && toRow(after));
    if (!change) return undefined;
    const at = now();
    const { time, ...envelope } = envelopeOf(kind, change, at);
    const event = {
      version: '0',
      id: randomUUID(),
      ...envelope,
      account: ACCOUNT,
      region: 'local',
      // As EventBridge gives it, in whole seconds.
      time: time.replace(/\.\d+Z$/, 'Z'),
    };
    return { id: event.id, subject: `${kind} ${id}`, at, event };
  };
