import { vi } from 'vitest';

const STEP_MS = 10;

/**
 * Time as this process has it: it passes in steps of 10 ms, and not while a busy machine lets the process stand still. What
 * is waited for then takes as long as the code waits, however many programs run beside the test.
 */
export function useOwnTime(): void {
  vi.useFakeTimers({
    shouldAdvanceTime: true,
    advanceTimeDelta: STEP_MS,
    toFake: ['setTimeout', 'clearTimeout', 'performance'],
  });
  // It has a timer of the machine's otherwise.
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    const controller = new AbortController();
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    setTimeout(() => controller.abort(reason), milliseconds);
    return controller.signal;
  });
}

/** Ends it, and all spies: those of a test that spied on a timer would bring the timer back otherwise. */
export function useTimeOfMachine(): void {
  vi.restoreAllMocks();
  vi.useRealTimers();
}
