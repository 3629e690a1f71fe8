/** @returns a signal that the next Ctrl-C aborts; one more ends the process */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
