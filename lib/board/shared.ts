/** Shares what is expensive to read: however many boards are open, a container reads each list once within `milliseconds`. */
export function createShared<Value>(milliseconds: number, now: () => number) {
  const kept = new Map<string, { value: Promise<Value>; arrivedAt?: number }>();

  /** What arrived within that time or is being read now, else what `read` reads. A failure is not kept. */
  function shared(key: string, read: () => Promise<Value>): Promise<Value> {
    const at = now();
    for (const [other, { arrivedAt = at }] of kept) if (at - arrivedAt >= milliseconds) kept.delete(other);
    const known = kept.get(key);
    if (known) return known.value;
    const entry: { value: Promise<Value>; arrivedAt?: number } = { value: read() };
    kept.set(key, entry);
    entry.value.then(
      () => (entry.arrivedAt = now()),
      () => kept.get(key) === entry && kept.delete(key),
    );
    return entry.value;
  }
  /** After a change of ours, which the next one is to see. */
  shared.forget = (key: string) => void kept.delete(key);
  return shared;
}
