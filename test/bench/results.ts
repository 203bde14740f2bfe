import { FORMAT, type Results } from '../../bench/report/results.ts';
import type { ScenarioResult, Series } from '../../bench/run/interleave.ts';
import { metricOf } from '../../bench/run/result.ts';
import { type Scenario, scenarioNamed } from '../../bench/scenarios/index.ts';

/** Results of a run that never was: every kind of plot, one contender that failed, two points of a sweep. */
export const results: Results = {
  format: FORMAT,
  startedAt: '2026-01-02T03:04:05.678Z',
  endedAt: '2026-01-02T03:14:05.678Z',
  machine: {
    cpu: 'Some CPU',
    cores: 2,
    node: 'v20.20.2',
    platform: 'linux x64',
    commit: 'abc1234',
    load: 0.2,
  },
  plan: { rounds: 3, warmUpMs: 100, measureMs: 200, timeoutMs: 1000, patience: 0 },
  absent: [{ name: 'java-disruptor', reason: 'no java: install default-jdk-headless' }],
  scenarios: [
    scenario('number-1p1c', [
      flow('millrace-spsc', 28, 31, 30),
      flow('millrace-mpmc', 9, 11, 10),
      flow('postMessage', 0.9, 1.1, 1),
      flow('ringbuf.js', 12, 12, 13),
      flow('java-disruptor', 80, 85, 90),
      { contender: 'thread-stream', about: '', rounds: [{ ok: false, reason: 'message 3 was lost' }] },
    ]),
    scenario('number-2p1c', [
      flow('millrace-mpsc', 5, 6, 7),
      flow('millrace-mpmc', 5, 5, 5),
      flow('postMessage', 1, 1, 1),
    ]),
    scenario('round-trip-park', [roundTrip('millrace-spsc', 10), roundTrip('postMessage', 25)]),
  ],
};

function scenario(name: string, series: readonly Series[]): ScenarioResult {
  return { scenario: scenarioNamed(name), series };
}

function flow(contender: string, ...rates: number[]): Series {
  const rounds = rates.map(
    (rate) => ({ ok: true, metrics: [metricOf('flow', rate)], lines: [100, 105] }) as const,
  );
  return { contender, about: 'capacity 1', rounds };
}

function roundTrip(contender: string, us: number): Series {
  const kind: Scenario['kind'] = 'round-trip';
  const curve = [1, 50, 90, 99, 99.9].map((percentile) => [percentile, us * (1 + percentile / 50)] as const);
  const metrics = [50, 99, 99.9].map((percentile) =>
    metricOf(kind, us * (1 + percentile / 50), `p${percentile}`),
  );
  return { contender, about: '', rounds: [{ ok: true, metrics, lines: [100, 100], curve }] };
}
