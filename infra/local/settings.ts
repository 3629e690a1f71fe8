/** Where the local stack listens and keeps its data. Everything but the gateway is on the loopback address, whatever HOST says. */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';

export const LOOPBACK = '127.0.0.1';
export const STAGE = 'local';

const { HOST: given = '' } = process.env;
/** The address at which the gateway accepts hooks. */
export const HOST = isIP(given) ? given : LOOPBACK;
/** Some shells, and conda, set a HOST that is not an address: it must not prevent a start. */
export const IGNORED_HOST = isIP(given) || given === 'localhost' ? '' : given;

/** The address for a WCS on another machine; for 0.0.0.0 the first one that it may reach. */
export function reachable(address: string, interfaces = networkInterfaces()): string {
  if (!['0.0.0.0', '::'].includes(address)) return address;
  const external = Object.values(interfaces).flatMap((all = []) => all.filter(({ internal }) => !internal));
  return (external.find(({ family }) => family === 'IPv4') ?? external[0])?.address ?? LOOPBACK;
}

export const PORTS = {
  PORT: Number(process.env['PORT'] || 3000),
  DYNAMODB_PORT: Number(process.env['DYNAMODB_PORT'] || 8000),
  CONSOLE_PORT: Number(process.env['CONSOLE_PORT'] || 8001),
  QUEUE_PORT: Number(process.env['QUEUE_PORT'] || 8002),
};

export const DATA_DIR = resolve(process.env['DATA_DIR'] || '.local');

/** Where the events go, if anywhere. */
export const EVENTS_URL = process.env['EVENTS_URL'] ?? '';
/** Whether changes of rows become events; the same setting as on AWS. */
export const HAS_EVENTS = process.env['CHANGE_EVENTS'] !== 'false';
/** Where the local stack has its SIP accounts. */
export const SIP_ACCOUNTS_FILE = resolve(process.env['SIP_ACCOUNTS_FILE'] || join(DATA_DIR, 'sip.json'));

export const urlOf = (address: string, port: number) =>
  `http://${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
/** The address for this machine itself. */
export const GATEWAY_ENDPOINT = urlOf(['0.0.0.0', '::'].includes(HOST) ? LOOPBACK : HOST, PORTS.PORT);
export const DYNAMODB_ENDPOINT = urlOf(LOOPBACK, PORTS.DYNAMODB_PORT);
export const CONSOLE_ENDPOINT = urlOf(LOOPBACK, PORTS.CONSOLE_PORT);
export const QUEUE_ENDPOINT = urlOf(LOOPBACK, PORTS.QUEUE_PORT);

/** Nothing that runs locally may reach a real AWS, whatever the shell's environment says. */
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
