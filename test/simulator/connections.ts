/** Connections of clients as a WCS knows them: what `connect` was answered, and the SIP account that follows from it. */
import { isDeepStrictEqual } from 'node:util';
import { PROTECTED_FIELDS } from '../../lib/wcs/rest-client-config.ts';
import { found, type Moment } from './stream-states.ts';
import { asObject, without, type Fields } from './wcs.ts';

export interface Connection {
  readonly isDeclined: boolean;
  /** Its SIP registration was reported. */
  readonly isRegistered: boolean;
  /** What the page gave to `connect`; undefined: there was none. */
  readonly asked: Fields | undefined;
  /** What the answer to `connect` changed. */
  readonly taken: Fields;
  /** The client was shown some of the account that the backend had given. */
  readonly isShownAccount: boolean;
  /** When its end was reported. */
  readonly ended: Moment | undefined;
}

/** A connection that is still open. */
export interface OpenConnection extends Connection {
  isDeclined: boolean;
  isRegistered: boolean;
  asked: Fields | undefined;
  taken: Fields;
  isShownAccount: boolean;
  config: Fields | undefined;
  hasToldFailure: boolean;
  ended: Moment | undefined;
}

const newConnection = (): OpenConnection => ({
  ...{ isDeclined: false, isRegistered: false, asked: undefined, taken: {}, isShownAccount: false },
  ...{ config: undefined, hasToldFailure: false, ended: undefined },
});

export function createConnections() {
  const connections = new Map<string, OpenConnection>();
  return {
    all: connections,
    of: ({ sessionId }: Fields) =>
      typeof sessionId === 'string' ? found(connections, sessionId, newConnection) : newConnection(),
  };
}

/** WCS takes everything that an answer to `connect` changes, but for the fields that no answer can change. */
export function takeAnswer(connection: OpenConnection, asked: Fields, answer: Fields): void {
  const taken = without(answer, [...PROTECTED_FIELDS, 'restClientConfig']);
  connection.taken = Object.fromEntries(
    Object.entries(taken).filter(([name, value]) => !isDeepStrictEqual(value, asked[name])),
  );
  connection.config = asObject(answer['restClientConfig']);
}

/** The login that a connection telephones with; undefined if it is not registered, so that it has no calls. */
export function loginOf({ asked, taken }: Connection): string | undefined {
  const { sipRegisterRequired, sipLogin } = { ...asked, ...taken };
  return sipRegisterRequired === true && typeof sipLogin === 'string' && sipLogin !== '' ? sipLogin : undefined;
}

/** Whether the account is the backend's. */
export const isGivenAccount = (connection: Connection) =>
  loginOf(connection) !== undefined && Object.hasOwn(connection.taken, 'sipLogin');

/** What a page need not know of an account that is not its own. */
const HIDDEN = [
  ...['sipLogin', 'sipAuthenticationName', 'sipPassword', 'sipDomain', 'sipOutboundProxy', 'sipPort'],
  'sipVisibleName',
];

export const showsAccount = ({ taken }: Connection, told: Fields) =>
  HIDDEN.some((name) => taken[name] !== undefined && taken[name] !== '' && told[name] === taken[name]);
