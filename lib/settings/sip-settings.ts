/** SIP_ACCOUNT names the account that a connection gets. The accounts themselves are secrets. */
import { isSipAccountName, OF_CLIENT } from '../access/sip-account-name.ts';
import type { SipRules } from '../access/sip-policy.ts';
import { list, type Environment } from './environment.ts';

const EXPECTED = 'expected the name of an account (letters, digits, ".", "_", "-"), appKey=account,… or client';

export function readSip({ SIP_ACCOUNT }: Environment, problems: string[]): SipRules {
  if (!SIP_ACCOUNT) return { of: 'nobody' };
  if (SIP_ACCOUNT === OF_CLIENT) return { of: 'client' };
  if (isSipAccountName(SIP_ACCOUNT)) return { of: 'everybody', account: SIP_ACCOUNT };
  const accounts = new Map<string, string>();
  for (const entry of list(SIP_ACCOUNT)) {
    const [, app = '', account = ''] = /^([^=]+)=(.*)$/.exec(entry) ?? [];
    if (!isSipAccountName(account)) problems.push(`SIP_ACCOUNT names ${JSON.stringify(entry)}: ${EXPECTED}`);
    if (accounts.has(app)) problems.push(`SIP_ACCOUNT names the app ${JSON.stringify(app)} twice`);
    accounts.set(app, account);
  }
  if (accounts.size === 0) problems.push(`SIP_ACCOUNT names nothing: ${EXPECTED}`);
  return { of: 'apps', accounts };
}
