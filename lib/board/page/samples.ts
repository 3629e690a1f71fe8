/** The chart's history: it begins when the page is opened, and is thinned out when it grows. */
export interface Sample {
  /** In epoch milliseconds. */
  readonly at: number;
  readonly publishers: number;
  readonly viewers: number;
  readonly calls: number;
}

/** At a sample each 3 seconds: an hour. A line of more points than pixels shows nothing more. */
const LIMIT = 1200;

/** Keeps every second sample when there are too many, and always the latest. */
export function withSample(samples: readonly Sample[], sample: Sample, limit = LIMIT): Sample[] {
  const all = [...samples, sample];
  return all.length <= limit ? all : all.filter((_, index) => (all.length - 1 - index) % 2 === 0);
}

/** As uPlot takes them: seconds, then one row for each line. */
export const linesOf = (samples: readonly Sample[]): [number[], number[], number[], number[]] => [
  samples.map(({ at }) => at / 1000),
  samples.map(({ publishers }) => publishers),
  samples.map(({ viewers }) => viewers),
  samples.map(({ calls }) => calls),
];
