import { batches } from './batches.ts';
import { broadcast } from './broadcast.ts';
import { flights } from './flights.ts';
import { flows } from './flows.ts';
import { oneThreadNumber } from './one-thread-number.ts';
import { oneThreadNumberDrain } from './one-thread-number-drain.ts';
import { oneThreadStruct } from './one-thread-struct.ts';
import { pools } from './pools.ts';
import { flood, idle } from './resources.ts';
import { roundTripAsync } from './round-trip-async.ts';
import { roundTripPark } from './round-trip-park.ts';
import { roundTripSpin } from './round-trip-spin.ts';
import { isStream, type Scenario, threadsOf } from './scenario.ts';
import { batchSweep, capacitySweep, isAboutCapacity, producerSweep } from './sweeps.ts';
import { topics } from './topics.ts';

export type {
  BroadcastScenario,
  FloodScenario,
  FlowScenario,
  IdleScenario,
  JobScenario,
  OneThreadScenario,
  PoolScenario,
  RoundTripScenario,
  Scenario,
  Stream,
  StreamScenario,
  TopicScenario,
} from './scenario.ts';
export { isAboutCapacity, isStream, SCENARIOS, scenarioNamed, threadsOf };

/** In the order of the table. */
const SCENARIOS: readonly Scenario[] = [
  oneThreadNumber,
  oneThreadNumberDrain,
  oneThreadStruct,
  ...flows,
  ...batches,
  broadcast,
  roundTripSpin,
  roundTripPark,
  roundTripAsync,
  ...producerSweep,
  ...batchSweep,
  ...capacitySweep,
  ...topics,
  ...pools,
  idle,
  flood,
  flights,
];

function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`There is no scenario named ${name}.`);
  return scenario;
}
