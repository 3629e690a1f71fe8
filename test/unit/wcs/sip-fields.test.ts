import { describe, expect, it } from 'vitest';
import { restClientConfig } from '../../../lib/wcs/rest-client-config.ts';
import { hidingSipFields, holdsSipAccount, NO_SIP_ACCOUNT, SIP_FIELDS } from '../../../lib/wcs/sip-fields.ts';

const EIGHT =
  'sipRegisterRequired,sipLogin,sipAuthenticationName,sipPassword,sipDomain,sipOutboundProxy,sipPort,sipVisibleName';

describe('the fields of a SIP account', () => {
  it('are eight', () => {
    expect(SIP_FIELDS.join()).toBe(EIGHT);
    expect(Object.keys(NO_SIP_ACCOUNT)).toEqual(SIP_FIELDS);
    expect(Object.values(NO_SIP_ACCOUNT).filter(Boolean)).toEqual([]);
  });

  it('hold an account if one of them says something', () => {
    expect(holdsSipAccount(NO_SIP_ACCOUNT)).toBe(false);
    expect(holdsSipAccount({ login: 'x', name: 'x' })).toBe(false);
    for (const field of SIP_FIELDS) expect(holdsSipAccount({ ...NO_SIP_ACCOUNT, [field]: 1 })).toBe(true);
  });

  it('are hidden in all methods that would send them on, beside what the operator hides, and nothing else changes', () => {
    const ours = restClientConfig({ failMethods: new Set(['call', 'ConnectionStatusEvent']), overwrites: {} });
    const before = structuredClone(ours);
    const hiding = hidingSipFields(ours);
    expect(hiding).toEqual({
      ...ours,
      ConnectionStatusEvent: { ...ours.ConnectionStatusEvent, clientExclude: EIGHT },
      RegistrationStatusEvent: {
        ...{ restExclude: '', restOnError: 'LOG', restPolicy: 'NOTIFY', restOverwrite: '' },
        clientExclude: EIGHT,
      },
    });
    expect(ours).toEqual(before);
    const entry = { ...before.call, clientExclude: 'custom, sipLogin' } as NonNullable<typeof before.call>;
    expect(hidingSipFields({ ConnectionStatusEvent: entry }).ConnectionStatusEvent?.clientExclude).toBe(
      `custom,sipLogin,${EIGHT.replace('sipLogin,', '')}`,
    );
  });
});
