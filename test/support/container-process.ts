/** A container in a process of its own, which can be stopped: `fork(…, [entry])`. Its hooks come and its answers go as messages. */
import type { Context } from 'aws-lambda';
import type { HookAnswer, HookEvent } from '../../lib/http/hook-event.ts';

/** What it is told: a hook, and by how much its clock went on while it stood still. */
export interface ToContainer {
  readonly event: HookEvent;
  readonly clockAhead: number;
}
export type FromContainer = 'ready' | HookAnswer;

const [, , entry = ''] = process.argv;
const tell = (message: FromContainer) => process.send?.(message);

const { handler } = (await import(entry)) as { handler: (event: HookEvent, context: Context) => Promise<HookAnswer> };
process.on('message', ({ event, clockAhead }: ToContainer) => {
  const now = Date.now;
  Date.now = () => now() + clockAhead;
  void handler(event, { awsRequestId: 'request' } as Context).then(tell);
});
tell('ready');
