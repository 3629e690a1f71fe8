/** An end for work that several requests share. Whoever starts it must end it. */
export interface Deadline {
  readonly signal: AbortSignal;
  end(): void;
}

/** Not AbortSignal.timeout, which makes an exception with a stack for each hook, long after the hook succeeded. */
export function startDeadline(milliseconds: number): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`not done within ${milliseconds} ms`)), milliseconds);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}
