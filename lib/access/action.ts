/** What a client asks for, as an operator thinks of it: the kinds of decisions. */
import type { MethodName } from '../wcs/methods.ts';

export const ACTIONS = ['connect', 'publish', 'play', 'call', 'message'] as const;
export type Action = (typeof ACTIONS)[number];

/** The methods of each action: those that a 403 stops. */
const METHODS_OF: Readonly<Record<Action, readonly MethodName[]>> = {
  connect: ['connect'],
  publish: ['publishStream'],
  play: ['playStream', 'playHLS', 'playRTSP'],
  call: ['call', 'answer', 'hold', 'unhold', 'transfer', 'sendDtmf', 'OnCallEvent', 'OnTransferEvent'],
  message: ['sendMessage', 'sendIMDN', 'subscribe', 'sendXcapRequest', 'OnDataEvent', 'OnMessageEvent'],
};

/** Undefined for a method that nothing decides: events, and what is pointless to deny. */
export const actionOf = (method: MethodName): Action | undefined =>
  ACTIONS.find((action) => METHODS_OF[action].includes(method));
