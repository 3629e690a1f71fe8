/** The hooks that were not acknowledged, and why not: each kind is explained once, in the doctor's words. */
import { explainAnswer } from '../../infra/cli/doctor/answers.ts';
import { problem, toText } from '../../infra/cli/doctor/finding.ts';
import { FOR_THE_POLICY, MUST_ECHO, REWRITTEN } from '../../infra/cli/doctor/hooks.ts';
import type { Answer } from './wcs.ts';

export interface Failures {
  readonly add: (answer: Answer) => void;
  /** Nothing, or how many of how many, and of each kind what it means and what to do. */
  notices(sent: number): string[];
}

export function createFailures(): Failures {
  const kinds = new Map<string, { readonly answer: Answer; readonly methods: Set<string> }>();
  let denied = 0;
  let failed = 0;
  return {
    add(answer) {
      if (answer.acknowledged) return;
      if (answer.status === 403) denied++;
      else failed++;
      const key = `${answer.status} ${answer.policy ?? ''}`;
      const kind = kinds.get(key) ?? { answer, methods: new Set() };
      kinds.set(key, kind);
      kind.methods.add(answer.method);
    },
    notices(sent) {
      if (denied + failed === 0) return [];
      const counts = [
        ...(denied > 0 ? [`${denied} answered 403`] : []),
        ...(failed > 0 ? [`${failed} failed otherwise`] : []),
      ];
      return [
        `${denied + failed} of ${sent} hooks were not acknowledged: ${counts.join(', ')}.`,
        ...[...kinds.values()].map(({ answer, methods }) =>
          toText(problem([...methods].join(', '), ...explained(answer))),
        ),
      ];
    },
  };
}

function explained({ status, policy }: Answer): readonly [found: string, means: string, todo: string] {
  if (policy !== undefined) {
    return [`denied by the policy ${policy}`, 'The client has no right to what it asks for.', FOR_THE_POLICY];
  }
  if (status === 200) return ['the answer is not the hook', MUST_ECHO, REWRITTEN];
  return explainAnswer(typeof status === 'number' ? { status } : { status: undefined, code: status });
}
