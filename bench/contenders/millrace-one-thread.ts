import type { Payload } from '../payloads/index.ts';
import type { OneThreadScenario } from '../scenarios/index.ts';
import type { OneThreadDriver, See } from './contender.ts';
import { type AnyRing, capacityIn, type Make } from './millrace.ts';

/** Both ends of a ring in one thread. */
export function oneThreadDriver(make: Make): OneThreadDriver {
  return {
    open(scenario, payload, see) {
      const ring = make(scenario.payload, { capacity: capacityIn(scenario) });
      const pass = scenario.reading === 'views' ? passAndDrain : passAndPoll;
      return {
        pass: (first, count) => pass(ring, scenario, payload, see, first, count),
        close: () => ring.close(),
      };
    },
  };
}

function passAndPoll(
  ring: AnyRing,
  { depth }: OneThreadScenario,
  payload: Payload,
  see: See,
  first: number,
  count: number,
): void {
  const { writer, reader } = ring;
  for (let i = first; i < first + count; i += depth) {
    for (let j = 0; j < depth; j++) writer.offer(payload.make(0, i + j));
    for (let j = 0; j < depth; j++) see(reader.poll());
  }
}

function passAndDrain(
  ring: AnyRing,
  { depth }: OneThreadScenario,
  payload: Payload,
  see: See,
  first: number,
  count: number,
): void {
  const { writer, reader } = ring;
  for (let i = first; i < first + count; i += depth) {
    for (let j = 0; j < depth; j++) writer.offer(payload.make(0, i + j));
    reader.drain(see);
  }
}
