/** DynamoDB Streams: publishes on the bus of changes what happened to streams, sessions and calls. */
import { createChanges } from '../lib/jobs/changes.ts';
import { effects } from '../lib/platform/effects.ts';
import { readChangesSettings } from '../lib/settings/settings.ts';
import { createEventBus } from '../lib/store/event-bus.ts';
import { createDeadLetters } from '../lib/store/queues.ts';

const settings = readChangesSettings(process.env);
const deadLetters = createDeadLetters({ deadLetterQueueUrl: settings.changesDeadLetterQueueUrl });

export const handler = createChanges({ ...effects, bus: createEventBus(settings), deadLetters });
/** Nobody waits for this function: its first event opens the connection. */
export const ready = Promise.resolve();
