import { number1p1c } from './number-1p1c.ts';
import { number1p1cBatch } from './number-1p1c-batch.ts';
import { number2p2c } from './number-2p2c.ts';
import { oneThreadNumber } from './one-thread-number.ts';
import { oneThreadNumberDrain } from './one-thread-number-drain.ts';
import { oneThreadStruct } from './one-thread-struct.ts';
import { roundTripAsync } from './round-trip-async.ts';
import { roundTripPark } from './round-trip-park.ts';
import { roundTripSpin } from './round-trip-spin.ts';
import { type Scenario, threadsOf } from './scenario.ts';
import { struct1p1cValues } from './struct-1p1c-values.ts';
import { struct1p1cViews } from './struct-1p1c-views.ts';

export type { FlowScenario, OneThreadScenario, RoundTripScenario, Scenario } from './scenario.ts';
export { number1p1cBatch, SCENARIOS, scenarioNamed, struct1p1cViews, threadsOf };

/** In the order of the table. */
const SCENARIOS: readonly Scenario[] = [
  oneThreadNumber,
  oneThreadNumberDrain,
  oneThreadStruct,
  number1p1c,
  number1p1cBatch,
  struct1p1cViews,
  struct1p1cValues,
  number2p2c,
  roundTripSpin,
  roundTripPark,
  roundTripAsync,
];

function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`There is no scenario named ${name}.`);
  return scenario;
}
