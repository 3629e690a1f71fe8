/** WCS's statuses of a call, or a transfer, that failed. */
export const FAILURES: readonly string[] = ['FAILED', 'BUSY'];
