import { useEffect, useRef } from 'preact/hooks';
import UPlot, { type Options } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { timeOfDay } from './format.ts';
import { linesOf, type Sample } from './samples.ts';

const HEIGHT = 132;
/** Seconds that the chart spans at least: at first it is empty to the right. */
const SHORTEST = 60;
const DARK = matchMedia('(prefers-color-scheme: dark)');

/** Publishers, viewers and calls since the page was opened. The figures beside it say the same to those who cannot see it. */
export function Chart({ samples }: { samples: readonly Sample[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useRef(samples);
  latest.current = samples;

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    // A canvas knows no style sheet: other colors are another chart.
    const draw = () => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsFor(element), linesOf(latest.current), element);
    };
    draw();
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    DARK.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      DARK.removeEventListener('change', draw);
      plot.current?.destroy();
    };
  }, []);

  useEffect(() => plot.current?.setData(linesOf(samples)), [samples]);

  return (
    <div class="chart" ref={frame} role="img" aria-label="Publishers, viewers and calls since this page was opened" />
  );
}

/** @returns a color of the style sheet as a canvas takes it, which knows no variables */
function colorOf(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = '';
  return color;
}

/** uPlot's own range of a single sample is a day. */
function rangeOf(times: ArrayLike<number>): [number, number] {
  const first = times[0] ?? 0;
  return [first, Math.max(times[times.length - 1] ?? 0, first + SHORTEST)];
}

const STEPS = [1, 10, 100, 1000, 10_000].flatMap((scale) => [scale, 2 * scale, 5 * scale]);

function optionsFor(element: HTMLElement): Options {
  const color = (name: string) => colorOf(element, name);
  const line = (label: string, name: string) => ({ label, stroke: color(name), width: 2, points: { show: false } });
  const axis = {
    stroke: color('--muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: ({ data: [times] }) => rangeOf(times) },
      y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.1))] },
    },
    axes: [
      {
        ...axis,
        values: (_, ticks) => ticks.map((seconds) => timeOfDay(new Date(seconds * 1000))),
        space: 90,
        size: 26,
      },
      { ...axis, incrs: STEPS, size: 44, space: 26 },
    ],
    series: [{}, line('Publishers', '--publishers'), line('Viewers', '--viewers'), line('Calls', '--calls')],
  };
}
