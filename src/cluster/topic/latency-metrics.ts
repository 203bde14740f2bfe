import { createRequire } from 'node:module';
import { type LatencyCounts, middleOf } from '../group/latency.ts';

/** How long messages took from when they were sent until they were handled, in milliseconds; percentiles within 3 %. */
export interface LatencyMetrics {
  /** Messages handled. */
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What is used of `hdr-histogram-js`. */
interface Histogram {
  readonly totalCount: number;
  recordValueWithCount(value: number, count: number): void;
  getValueAtPercentile(percentile: number): number;
}

type HistogramClass = new (lowest: number, highest: number, digits: number) => Histogram;

const require = createRequire(import.meta.url);

/** Loaded by whoever asks for a latency first; the file of the package that needs neither its WebAssembly nor its compression. */
function histogram(): Histogram {
  const { default: Float64Histogram } = require('hdr-histogram-js/dist/Float64Histogram.js') as {
    default: HistogramClass;
  };
  return new Float64Histogram(1, 2 ** 32, 2);
}

export function latencyMetrics({ counts, longestUs }: LatencyCounts): LatencyMetrics {
  const all = histogram();
  for (const [bucket, count] of counts.entries())
    if (count > 0) all.recordValueWithCount(middleOf(bucket), count);
  const at = (percentile: number) => Math.min(all.getValueAtPercentile(percentile), longestUs) / 1000;
  return {
    count: all.totalCount,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: longestUs / 1000,
  };
}
