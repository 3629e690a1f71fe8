/** The local DynamoDB, a process of its own: dynalite, its data in DATA_DIR. */
import type { Store } from 'dynalite/db/index.js';
import type { Server } from 'node:http';
import { captureChanges, type Keep } from './change-capture.ts';
import { listening, runAsChild } from './child.ts';
import { dynamodbPath, eventsFile, whyNotOpened } from './data-dir.ts';
import { createEventOf } from './event-of.ts';
import { openEvents, type EventStore } from './event-store.ts';
import { openDynalite } from './open-dynalite.ts';
import { DATA_DIR, EVENTS_URL, HAS_EVENTS, LOOPBACK, PORTS } from './settings.ts';

const path = dynamodbPath(DATA_DIR);
const PRUNE_MS = 60_000;
let isOpening = false;

async function start(): Promise<void> {
  const events = HAS_EVENTS ? openEvents(eventsFile(DATA_DIR)) : undefined;
  const { server, store } = openDynalite({ path });
  delayRequests(server, Number(process.env['DYNAMODB_DELAY_MS'] || 0));
  isOpening = true;
  await store.db.open();
  isOpening = false;
  if (events) await captureEvents(store, events);
  server.listen(PORTS.DYNAMODB_PORT, LOOPBACK);
  await listening(server);
}

async function captureEvents({ db }: Store, events: EventStore): Promise<void> {
  const keep: Keep = (captured) => events.add(captured, EVENTS_URL !== '');
  await captureChanges(db, createEventOf(Date.now), keep, console.error);
  const prune = () => {
    const unsent = events.prune(Date.now());
    if (unsent > 0)
      console.error(
        `Given up: ${unsent} ${unsent === 1 ? 'event' : 'events'} that EVENTS_URL did not accept within a day.`,
      );
  };
  prune();
  setInterval(prune, PRUNE_MS).unref();
}

/** Delays each response, for tests with a slow database. */
function delayRequests(server: Server, milliseconds: number): void {
  if (milliseconds === 0) return;
  const listeners = server.listeners('request') as ((...args: unknown[]) => void)[];
  server.removeAllListeners('request');
  server.on('request', (...args) => setTimeout(() => listeners.forEach((listener) => listener(...args)), milliseconds));
}

runAsChild(start, (error) => (isOpening ? whyNotOpened(path, error) : error.message));
