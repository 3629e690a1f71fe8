/** An end for work that several requests share. Who starts it ends it. */
export interface Deadline {
  readonly signal: AbortSignal;
  end(): void;
}

/** Not AbortSignal.timeout: it makes an exception with its stack for each hook, long after the hook went well. */
export function startDeadline(milliseconds: number): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`not done within ${milliseconds} ms`)), milliseconds);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}
