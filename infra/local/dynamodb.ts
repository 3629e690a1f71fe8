/** The local DynamoDB, a process of its own: dynalite, its data in DATA_DIR. */
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { listening, runAsChild } from './child.ts';
import { DATA_DIR, HOST, PORTS, useLocalAws } from './settings.ts';

const path = join(DATA_DIR, 'dynamodb');
let isListening = false;

async function start(): Promise<void> {
  mkdirSync(path, { recursive: true });
  const server = dynalite({ path, createTableMs: 0 });
  delayRequests(server, Number(process.env['DYNAMODB_DELAY_MS'] || 0));
  server.listen(PORTS.DYNAMODB_PORT, HOST);
  await listening(server);
  isListening = true;
  // dynalite opens its data with the first request, and falls over where it cannot.
  useLocalAws();
  await new DynamoDBClient({}).send(new ListTablesCommand());
}

/** A slow database, for tests of what happens then. */
function delayRequests(server: Server, milliseconds: number): void {
  if (milliseconds === 0) return;
  const listeners = server.listeners('request') as ((...args: unknown[]) => void)[];
  server.removeAllListeners('request');
  server.on('request', (...args) => setTimeout(() => listeners.forEach((listener) => listener(...args)), milliseconds));
}

const explain = ({ message }: Error) =>
  isListening
    ? `the data in ${path} cannot be opened (${message}): does another stack use it? Choose another folder with DATA_DIR=<folder> npm start`
    : message;

runAsChild(start, explain);
