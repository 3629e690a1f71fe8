/** Plays scripts: the hooks of one script one after another, many scripts at the same time. */
import type { Answer, Hook } from './wcs.ts';

/** A WCS sends the hooks of one client in their order, without waiting for those of the others. */
export type Script = readonly Hook[];

export async function play(
  scripts: readonly Script[],
  wcs: { send(hook: Hook): Promise<Answer | undefined> },
  concurrency: number,
  onAnswer: (answer: Answer, hook: Hook) => void | Promise<void> = () => {},
): Promise<void> {
  const waiting = scripts[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      // One iterator for all: each takes the next script that nobody has.
      for (const script of waiting) {
        for (const hook of script) {
          const answer = await wcs.send(hook);
          if (answer) await onAnswer(answer, hook);
        }
      }
    }),
  );
}
