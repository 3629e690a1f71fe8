/** What a WCS reports about a client that telephones: its SIP registration, and one call. */
import type { Random } from './random.ts';
import { createConnected, hookOf, SDP, sessionHook, type Connected } from './sessions.ts';
import type { Hook } from './wcs.ts';

export interface Phone extends Connected {
  readonly callId: string;
  /** true: the client is called; false: it calls. */
  readonly incoming: boolean;
  readonly caller: string;
  readonly callee: string;
}

export interface PhoneOptions {
  readonly nodeId: string;
  /** `null`: the page has none. */
  readonly token?: string | null | undefined;
  readonly origin?: string | undefined;
  /** Whom the page wants to call; undefined: a random number. */
  readonly callee?: string | undefined;
  /** The page brings no SIP account of its own, unlike the vendor's phone pages. */
  readonly withoutAccount?: boolean | undefined;
  readonly incoming: boolean;
}

export function createPhone(random: Random, { callee, withoutAccount, incoming, ...connected }: PhoneOptions): Phone {
  const login = String(random.between(1000, 9999));
  const other = callee ?? `4930${random.between(1_000_000, 9_999_999)}`;
  return {
    ...createConnected(random, { ...connected, account: withoutAccount ? {} : accountOf(login) }),
    // A caller's id is made in the browser; that of an incoming call comes from SIP.
    callId: incoming ? `${random.uuid(4).replaceAll('-', '')}@sip.example.com` : random.uuid(1),
    incoming,
    caller: incoming ? other : login,
    callee: incoming ? login : other,
  };
}

/** As typed into a page: the port is a text then. */
const accountOf = (login: string) => ({
  sipRegisterRequired: true,
  sipLogin: login,
  sipAuthenticationName: login,
  sipPassword: `password of ${login}`,
  sipVisibleName: `Phone ${login}`,
  sipDomain: 'sip.example.com',
  sipOutboundProxy: 'sip.example.com',
  sipPort: '5060',
});

export const registration = (phone: Phone, status = 'REGISTERED', fields: object = {}) =>
  sessionHook(phone, 'RegistrationStatusEvent', { status, ...fields });

/** What the page asks for during its call, which WCS knows by its id. */
export const request = (phone: Phone, method: string, fields: object = {}) =>
  hookOf(phone, method, { callId: phone.callId, ...fields });

/** A hook with the call object of a WCS 5.2. */
const callHook = (phone: Phone, method: string, fields: object) =>
  request(phone, method, {
    incoming: phone.incoming,
    caller: phone.caller,
    callee: phone.callee,
    hasAudio: true,
    hasVideo: false,
    mediaProvider: 'WebRTC',
    isMsrp: false,
    holdForTransfer: false,
    ...fields,
  });

/** `call` of who calls, `OnCallEvent` at who is called. */
export const start = (phone: Phone): Hook =>
  phone.incoming
    ? callHook(phone, 'OnCallEvent', { status: 'PENDING' })
    : callHook(phone, 'call', { status: 'PENDING', sdp: SDP, visibleName: 'Visitor' });

export const answer = (phone: Phone) => callHook(phone, 'answer', { status: 'PENDING', sdp: SDP });

/** With SIP's response, where there was one. */
export const status = (phone: Phone, status: string, sipStatus?: number, fields: object = {}) =>
  callHook(phone, 'CallStatusEvent', {
    status,
    ...(sipStatus === undefined ? {} : { sipStatus, sipMessageRaw: sipMessage(phone, sipStatus) }),
    ...fields,
  });

const sipMessage = ({ callId, caller, callee }: Phone, sipStatus: number) =>
  `SIP/2.0 ${sipStatus}\r\nFrom: <sip:${caller}@sip.example.com>\r\nTo: <sip:${callee}@sip.example.com>\r\nCall-ID: ${callId}\r\n\r\n`;

export const transferStatus = (phone: Phone, status: string, target: string) =>
  callHook(phone, 'TransferStatusEvent', { status, target });
