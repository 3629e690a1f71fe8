import type { LogLine } from '../../infra/local/short-line.ts';

/** As our functions write it for the seed stream. */
export const streamStatusLine: LogLine = {
  time: '2026-11-25T10:25:19.123Z',
  level: 'INFO',
  message: 'hook',
  method: 'StreamStatusEvent',
  type: 'event',
  id: '56141d10-fddc-11e6-ac3a-4d67d5b3360d',
  name: 'b4e7',
  wcsStatus: 'PUBLISHING',
  app: 'defaultApp',
  outcome: 'applied',
  status: 200,
  milliseconds: 29,
  requests: 1,
  hooks: 1,
};
