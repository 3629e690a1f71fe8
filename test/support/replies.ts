/** What a gateway answered the doctor, or did not. */
import type { NoReply, Reply } from '../../infra/cli/doctor/gateway.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
export const reply = (status: number, body: string | Buffer = '', headers: Reply['headers'] = JSON_TYPE): Reply => ({
  ...{ status, headers, body: Buffer.from(body), milliseconds: 1, sentAt: 0, answeredAt: 0 },
});
export const noReply = (code: string): NoReply => ({ status: undefined, code });
export const DENIAL = '{"error":"Forbidden","message":"denied by the policy token"}';
