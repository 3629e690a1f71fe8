/** WCS's words for a call, or a transfer, that came to nothing. */
export const FAILURES: readonly string[] = ['FAILED', 'BUSY'];
