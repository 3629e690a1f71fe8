/** Questions on a terminal. */
import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';
import { Failure } from '../command-line.ts';

export interface Questions {
  /** @returns the answer; an empty one if it was only Enter. @throws Failure if there is none (Ctrl-C, Ctrl-D) */
  ask(question: string): Promise<string>;
  /** The same, and what is typed is not shown. */
  askSecret(question: string): Promise<string>;
  close(): void;
}

export function openQuestions({ stdin, stdout }: { stdin: Readable; stdout: Writable }): Questions {
  let isHidden = false;
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      if (!isHidden) stdout.write(chunk);
      done();
    },
  });
  // As a terminal: then readline echoes what is typed, and not the terminal itself.
  const lines = createInterface({ input: stdin, output, terminal: true, historySize: 0 });
  const ask = (question: string) =>
    new Promise<string>((resolve, reject) => {
      const onClose = () => reject(new Failure('Nothing was changed.'));
      lines.once('close', onClose);
      lines.question(question, (answer) => {
        lines.off('close', onClose);
        resolve(answer);
      });
    });
  return {
    ask: async (question) => (await ask(question)).trim(),
    async askSecret(question) {
      stdout.write(question);
      isHidden = true;
      try {
        return await ask('');
      } finally {
        isHidden = false;
        stdout.write('\n');
      }
    },
    close: () => lines.close(),
  };
}
