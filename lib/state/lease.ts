/** How long we believe a stream without news. */
import type { Row } from './row.ts';

/** Times in seconds. */
export interface Lease {
  /** Without a keep-alive for so long, a stream that sends them is lost. */
  readonly leaseSeconds: number;
  /** Without any hook for so long, a stream that sends none is lost. */
  readonly maxAgeSeconds: number;
}

const limitOf = (row: Row, { leaseSeconds, maxAgeSeconds }: Lease) => (row.keepAlive ? leaseSeconds : maxAgeSeconds);

const silenceOf = (row: Row, now: number) => now - Date.parse(String(row.lastSeenAt));

/** Why a live row is lost at `now` (milliseconds since the epoch); undefined while its lease or maximum age holds. */
export function whyLost(row: Row, now: number, lease: Lease): string | undefined {
  const limit = limitOf(row, lease);
  if (row.phase !== 'live' || silenceOf(row, now) <= limit * 1000) return undefined;
  return `no ${row.keepAlive ? 'keep-alive' : 'hook'} for ${limit} s`;
}

export const isHeardWithinLease = (row: Row, now: number, { leaseSeconds }: Lease) =>
  silenceOf(row, now) <= leaseSeconds * 1000;

/** Whether a keep-alive at `at` needs no write: less than half of the lease is used, so `lastSeenAt` may lag. */
export const isLeaseFresh = (row: Row, at: number, { leaseSeconds }: Lease) => silenceOf(row, at) < leaseSeconds * 500;
