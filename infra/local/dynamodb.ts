/** The local DynamoDB, a process of its own: dynalite, its data in DATA_DIR. */
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { Server } from 'node:http';
import { listening, runAsChild } from './child.ts';
import { dynamodbPath, whyNotOpened } from './data-dir.ts';
import { DATA_DIR, LOOPBACK, PORTS, useLocalAws } from './settings.ts';

const path = dynamodbPath(DATA_DIR);
let isOpening = false;

async function start(): Promise<void> {
  const server = dynalite({ path, createTableMs: 0 });
  delayRequests(server, Number(process.env['DYNAMODB_DELAY_MS'] || 0));
  server.listen(PORTS.DYNAMODB_PORT, LOOPBACK);
  await listening(server);
  // dynalite opens its data at the first request, and crashes if it cannot.
  isOpening = true;
  useLocalAws();
  await new DynamoDBClient({}).send(new ListTablesCommand());
  isOpening = false;
}

/** Delays each response, for tests with a slow database. */
function delayRequests(server: Server, milliseconds: number): void {
  if (milliseconds === 0) return;
  const listeners = server.listeners('request') as ((...args: unknown[]) => void)[];
  server.removeAllListeners('request');
  server.on('request', (...args) => setTimeout(() => listeners.forEach((listener) => listener(...args)), milliseconds));
}

runAsChild(start, (error) => (isOpening ? whyNotOpened(path, error) : error.message));
