import type { BoardState } from './board-state.ts';
import { Chart } from './chart.tsx';

/** What is live in numbers, now and since the page was opened; the dots are the chart's legend. */
export function Figures({ board: { totals, samples, receivedAt } }: { board: BoardState }) {
  const shown = (count: number) => (receivedAt === undefined ? '–' : count.toLocaleString('en'));
  return (
    <section class="figures" aria-label="Figures">
      <dl>
        <Figure title="Publishers" color="publishers" value={shown(totals.publishing)} />
        <Figure title="Viewers" color="viewers" value={shown(totals.playing)} />
        <Figure title="Calls" color="calls" value={shown(totals.ringing + totals.talking)}>
          {totals.ringing > 0 ? `${totals.ringing.toLocaleString('en')} ringing` : ''}
        </Figure>
      </dl>
      <Chart samples={samples} />
    </section>
  );
}

function Figure({
  title,
  color,
  value,
  children = '',
}: {
  title: string;
  color: string;
  value: string;
  children?: string;
}) {
  return (
    <div>
      <dt class={`dot ${color}`}>{title}</dt>
      <dd data-figure={color}>
        {value} <small>{children}</small>
      </dd>
    </div>
  );
}
