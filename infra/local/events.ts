/** Sends the events of the local stack to EVENTS_URL, in a process of its own so that a slow receiver delays no hook. */
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { runAsChild } from './child.ts';
import { eventsFile } from './data-dir.ts';
import { sendEvents } from './event-sender.ts';
import { openEvents } from './event-store.ts';
import { postTo } from './events-url.ts';
import { DATA_DIR, EVENTS_URL } from './settings.ts';

/** On a busy processor, hooks come first. */
const BEHIND_HOOKS = 10;

runAsChild(() => {
  setPriority(BEHIND_HOOKS);
  const circumstances = { send: postTo(EVENTS_URL), say: console.error, now: Date.now, sleep };
  void sendEvents(openEvents(eventsFile(DATA_DIR)), circumstances);
  return Promise.resolve();
});
