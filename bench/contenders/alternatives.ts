import { Idle } from '../alternatives/idle.ts';
import type { Algorithm, NumberQueue } from '../alternatives/queue.ts';
import { scq } from '../alternatives/scq.ts';
import { announcingVyukov, vyukov } from '../alternatives/vyukov.ts';
import type { Contender, FlowDriver, OneThreadDriver, See, Source } from './contender.ts';

/** As many as the library's rings of numbers hold. */
const CAPACITY = 2 ** 17;

/** What one thread gets. */
interface End {
  readonly memory: SharedArrayBuffer;
  readonly seat: number;
  /** A word that is 1 when everything was sent. */
  readonly ended: SharedArrayBuffer;
}

/** Other algorithms for several writers and readers, for docs/adr/0010. */
export const alternatives: readonly Contender[] = [scq, vyukov, announcingVyukov].map(contender);

function contender(algorithm: Algorithm): Contender {
  return {
    name: algorithm.name,
    about: () => `${algorithm.about}; capacity ${CAPACITY}, sleeps in slices`,
    does: (scenario) =>
      (scenario.kind === 'flow' || scenario.kind === 'one-thread') &&
      scenario.payload === 'number' &&
      !('capacity' in scenario),
    flow: flowDriver(algorithm),
    oneThread: oneThreadDriver(algorithm),
  };
}

function flowDriver(algorithm: Algorithm): FlowDriver {
  const queueOf = ({ memory, seat }: End) => algorithm.open(memory, CAPACITY, seat);
  return {
    connect({ producers, consumers }) {
      const memory = algorithm.create(CAPACITY);
      const ended = new SharedArrayBuffer(4);
      const ends = Array.from({ length: producers + consumers }, (_, seat) => ({
        data: { memory, seat, ended } satisfies End,
      }));
      return { producers: ends.slice(0, producers), consumers: ends.slice(producers) };
    },
    produce(data, _scenario, source) {
      produce(queueOf(data as End), source as Source<number>);
      if (source.isLast()) Atomics.store(new Int32Array((data as End).ended), 0, 1);
    },
    consume(data, _scenario, see) {
      consume(queueOf(data as End), new Int32Array((data as End).ended), see);
    },
  };
}

function produce(queue: NumberQueue, { payload, producer, count }: Source<number>): void {
  const idle = new Idle();
  for (let i = 0; i < count; i++) {
    const value = payload.make(producer, i);
    while (!queue.offer(value)) idle.wait();
    idle.end();
  }
}

function consume(queue: NumberQueue, ended: Int32Array, see: See): void {
  const idle = new Idle();
  for (;;) {
    const last = Atomics.load(ended, 0) === 1; // Looked at before: what is polled after may be the rest.
    let value = queue.poll();
    if (value === undefined && last) return;
    if (value === undefined) idle.wait();
    else idle.end();
    for (; value !== undefined; value = queue.poll()) see(value);
  }
}

function oneThreadDriver(algorithm: Algorithm): OneThreadDriver {
  return {
    open({ depth }, payload, see) {
      const queue = algorithm.open(algorithm.create(CAPACITY), CAPACITY, 0);
      const pass = (first: number, count: number) => {
        for (let i = first; i < first + count; i += depth) {
          for (let j = 0; j < depth; j++) queue.offer(payload.make(0, i + j) as number);
          for (let j = 0; j < depth; j++) see(queue.poll());
        }
      };
      return { pass, close: () => {} };
    },
  };
}
