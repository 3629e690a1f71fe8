/** What is done for one hook, or by one sweep: it ends together, and its requests are counted together. */
export interface Work {
  readonly signal: AbortSignal;
  /** To DynamoDB, so far; what the SDK sends again is not counted. */
  requests: number;
}

export const startWork = (signal: AbortSignal): Work => ({ signal, requests: 0 });
