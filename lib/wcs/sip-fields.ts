/** The fields of a SIP account in `connect` and in the events about a connection. */
import { METHOD_NAMES, METHODS, type MethodName } from './methods.ts';
import { DEFAULT_ENTRY, type JsonScalar, type RestClientConfig } from './rest-client-config.ts';

export const SIP_FIELDS = [
  'sipRegisterRequired',
  'sipLogin',
  'sipAuthenticationName',
  'sipPassword',
  'sipDomain',
  'sipOutboundProxy',
  'sipPort',
  'sipVisibleName',
] as const;
export type SipField = (typeof SIP_FIELDS)[number];

/** An answer without an account. The vendor's phone pages send an empty `sipPort`, too: WCS takes it. */
export const NO_SIP_ACCOUNT: Readonly<Record<SipField, JsonScalar>> = {
  sipRegisterRequired: false,
  sipLogin: '',
  sipAuthenticationName: '',
  sipPassword: '',
  sipDomain: '',
  sipOutboundProxy: '',
  sipPort: '',
  sipVisibleName: '',
};

/** What a page adds to the Contact of its registration, which is where calls to the account ring. The vendor's client sends null where there is nothing. */
export const CONTACT_FIELD = 'sipContactParams';

/** Whether the fields hold any part of an account. */
export const holdsSipAccount = (fields: Readonly<Record<string, unknown>>) =>
  SIP_FIELDS.some((field) => Boolean(fields[field]));

/** Whether WCS sends the fields on to the client with this method. */
const sendsSipFields = (method: MethodName) =>
  METHODS[method].type !== 'connect' && SIP_FIELDS.some((field) => field in METHODS[method].schema.entries);

/** The configuration of a client that must not learn the account of its connection. */
export function hidingSipFields(config: RestClientConfig): RestClientConfig {
  const hidden = METHOD_NAMES.filter(sendsSipFields).map((method) => {
    const entry = { ...DEFAULT_ENTRY, ...config[method] };
    const excluded = entry.clientExclude.split(',').map((field) => field.trim());
    return [method, { ...entry, clientExclude: [...new Set([...excluded, ...SIP_FIELDS])].filter(Boolean).join(',') }];
  });
  return { ...config, ...(Object.fromEntries(hidden) as RestClientConfig) };
}
