/** Where the local stack listens and keeps its data. Everything is on the loopback address. */
import { resolve } from 'node:path';

export const HOST = '127.0.0.1';
export const STAGE = 'local';

export const PORTS = {
  PORT: Number(process.env['PORT'] || 3000),
  DYNAMODB_PORT: Number(process.env['DYNAMODB_PORT'] || 8000),
  CONSOLE_PORT: Number(process.env['CONSOLE_PORT'] || 8001),
  QUEUE_PORT: Number(process.env['QUEUE_PORT'] || 8002),
};

export const DATA_DIR = resolve(process.env['DATA_DIR'] || '.local');

export const DYNAMODB_ENDPOINT = `http://${HOST}:${PORTS.DYNAMODB_PORT}`;
export const QUEUE_ENDPOINT = `http://${HOST}:${PORTS.QUEUE_PORT}`;

/** Nothing that runs locally may reach a real AWS, whatever the shell's environment holds. */
export function useLocalAws(): void {
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: DYNAMODB_ENDPOINT,
    AWS_ENDPOINT_URL_SQS: QUEUE_ENDPOINT,
  });
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL']) delete process.env[name];
}
