/** The doctor on a stage: tables with their indexes, TTL and recovery, queues, hooks, rows. */
import type { Stage } from './stage.ts';

/** How long hooks take here says nothing. */
const OF_THIS_MACHINE = ['latency'];

export async function problemsOfDoctor({ run, name, url }: Stage): Promise<string[]> {
  const { stdout, stderr } = await run('doctor', ['--stage', name, '--url', url, '--probes', '10', '--json']);
  const { findings = [] } = JSON.parse(stdout || '{}') as { findings?: { level: string; check: string }[] };
  if (findings.length === 0) return [stderr];
  return findings
    .filter(({ level, check }) => level !== 'ok' && !OF_THIS_MACHINE.includes(check))
    .map((finding) => JSON.stringify(finding));
}
