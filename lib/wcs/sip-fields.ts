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

/** The answer where there is no account. The vendor's phone pages send an empty `sipPort`, too, so WCS accepts it. */
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

/** Parameters for the Contact of a registration, which says where calls to the account ring. The vendor's client sends null if it has none. */
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
