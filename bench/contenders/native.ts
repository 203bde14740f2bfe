import type { FlowScenario, RoundTripScenario, Scenario } from '../scenarios/index.ts';
import type { Contender } from './contender.ts';
import { capacityIn } from './millrace.ts';
import { type DriverOrder, nativeRound } from './native-round.ts';
import { cpp, driverOf, java, missingOf, python, type Toolchain } from './native-toolchains.ts';

/** A queue of another language. */
interface Native {
  readonly toolchain: Toolchain;
  readonly name: string;
  /** As the driver calls it. */
  readonly queue: string;
  readonly about: string;
  readonly between: 'one and one' | 'many' | 'any';
  /** How many messages it takes at a time where a scenario has so many; `undefined` when it stays out of that. */
  batch(asked: number): number | undefined;
  /** How it waits for round trips. */
  readonly waiting: readonly RoundTripScenario['waiting'][];
}

const oneByOne = (): number => 1;
const asAsked = (asked: number): number => asked;
const bulkOnly = (asked: number): number | undefined => (asked > 1 ? asked : undefined);
const noBatches = (asked: number): number | undefined => (asked > 1 ? undefined : 1);

const NATIVES: readonly Native[] = [
  {
    toolchain: java,
    name: 'java-array-blocking-queue',
    queue: 'array-blocking-queue',
    about: 'put one by one; take, and drainTo where there are batches',
    between: 'any',
    batch: asAsked,
    waiting: ['park'],
  },
  {
    toolchain: java,
    name: 'java-linked-blocking-queue',
    queue: 'linked-blocking-queue',
    about: 'put and take',
    between: 'any',
    batch: noBatches,
    waiting: ['park'],
  },
  {
    toolchain: java,
    name: 'java-disruptor',
    queue: 'disruptor',
    about: 'events made before; a pool of workers where there are several consumers',
    between: 'any',
    batch: asAsked,
    waiting: ['spin', 'park'],
  },
  {
    toolchain: java,
    name: 'java-jctools-spsc',
    queue: 'jctools-spsc',
    about: 'SpscArrayQueue',
    between: 'one and one',
    batch: noBatches,
    waiting: ['spin'],
  },
  {
    toolchain: java,
    name: 'java-jctools-mpmc',
    queue: 'jctools-mpmc',
    about: 'MpmcArrayQueue',
    between: 'many',
    batch: noBatches,
    waiting: ['spin'],
  },
  {
    toolchain: cpp,
    name: 'cpp-boost-spsc',
    queue: 'boost-spsc',
    about: 'boost::lockfree::spsc_queue, one by one',
    between: 'one and one',
    batch: oneByOne,
    waiting: ['spin'],
  },
  {
    toolchain: cpp,
    name: 'cpp-boost-spsc-bulk',
    queue: 'boost-spsc',
    about: 'boost::lockfree::spsc_queue, in bulk',
    between: 'one and one',
    batch: bulkOnly,
    waiting: [],
  },
  {
    toolchain: cpp,
    name: 'cpp-boost-mpmc',
    queue: 'boost-mpmc',
    about: 'boost::lockfree::queue',
    between: 'many',
    batch: noBatches,
    waiting: ['spin'],
  },
  {
    toolchain: cpp,
    name: 'cpp-moodycamel',
    queue: 'moodycamel',
    about: 'ConcurrentQueue with tokens, one by one; no order between producers',
    between: 'any',
    batch: noBatches,
    waiting: ['spin'],
  },
  {
    toolchain: cpp,
    name: 'cpp-moodycamel-bulk',
    queue: 'moodycamel',
    about: 'ConcurrentQueue with tokens, in bulk; no order between producers',
    between: 'any',
    batch: bulkOnly,
    waiting: [],
  },
  {
    toolchain: python,
    name: 'python-queue',
    queue: 'queue',
    about: 'queue.Queue between threads',
    between: 'any',
    batch: noBatches,
    waiting: ['park'],
  },
];

/** Bytes of the messages that drivers can send. */
const BYTES: Readonly<Record<string, number>> = { number: 8, 'bytes-64': 64, 'bytes-1k': 1024 };

/** A round that is given up ends its driver before it is ended itself. */
const PATIENCE = 0.9;

export const nativeContenders: readonly Contender[] = NATIVES.map((native) => ({
  name: native.name,
  about: (scenario) => `${native.about}, capacity ${orderOf(native, scenario)?.capacity}`,
  does: (scenario) => orderOf(native, scenario) !== undefined,
  missing: missingOf(native.toolchain),
  async prepare() {
    await driverOf(native.toolchain);
  },
  async round(scenario, plan) {
    const driver = await driverOf(native.toolchain);
    const warmUpMs = plan.warmUpMs * native.toolchain.warmUps;
    return nativeRound(
      driver,
      orderOf(native, scenario) as DriverOrder,
      { ...plan, warmUpMs },
      Math.ceil(plan.timeoutMs * PATIENCE),
    );
  },
}));

/** What the driver has to do in a scenario; `undefined` for one that is not for it. */
function orderOf(native: Native, scenario: Scenario): DriverOrder | undefined {
  if (scenario.kind === 'flow') return flowOrder(native, scenario);
  return scenario.kind === 'round-trip' ? roundTripOrder(native, scenario) : undefined;
}

function flowOrder(native: Native, scenario: FlowScenario): DriverOrder | undefined {
  const { payload, producers, consumers } = scenario;
  const bytes = BYTES[payload];
  const batch = native.batch(scenario.batch);
  const between = producers === 1 && consumers === 1 ? 'one and one' : 'many';
  const fits = native.between === 'any' || native.between === between;
  if (bytes === undefined || batch === undefined || !fits) return undefined;
  const capacity = capacityIn(scenario);
  return { queue: native.queue, scenario: 'flow', producers, consumers, bytes, batch, capacity };
}

function roundTripOrder({ queue, waiting }: Native, scenario: RoundTripScenario): DriverOrder | undefined {
  if (scenario.waiting === 'async' || !waiting.includes(scenario.waiting)) return undefined;
  return {
    queue,
    scenario: `round-trip-${scenario.waiting}`,
    producers: 1,
    consumers: 1,
    bytes: 8,
    batch: 1,
    capacity: capacityIn(scenario),
  };
}
