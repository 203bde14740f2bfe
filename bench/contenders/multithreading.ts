import type { Scenario } from '../scenarios/index.ts';
import type { Contender } from './contender.ts';

/** What the channels of the package do that is used here. */
interface Sender {
  blockingSend(value: unknown): { readonly ok: boolean; readonly error?: Error };
  clone(): Sender;
  close(): void;
}

interface Receiver {
  blockingRecv():
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly error: Error };
  clone(): Receiver;
}

interface Library {
  channel(capacity: number, options?: { readonly size?: number }): [Sender, Receiver];
  serialize(handle: Sender | Receiver): [envelope: unknown, transfer: unknown[]];
  deserialize(envelope: unknown): unknown;
}

const CAPACITY = 1024;
/** Memory for the JSON of all messages under way. */
const BYTES = 4 * 2 ** 20;

/** The package's own threads are started as its `spawn` starts them; here its channels go to threads of ours, by the same functions. */
const root = new URL('../lib/', import.meta.resolve('multithreading'));
const library: Library = {
  ...(await import(new URL('sync/mod.js', root).href)),
  ...(await import(new URL('shared.js', root).href)),
};

/** Channels of the package `multithreading`: values as JSON in shared memory, guarded by semaphores. */
export const multithreading: Contender = {
  name: 'multithreading',
  about: () => `channel of ${CAPACITY}, blocking calls, JSON`,
  does: (scenario) => isJson(scenario),
  flow: {
    connect({ producers, consumers }) {
      const [sender, receiver] = library.channel(CAPACITY, { size: BYTES });
      return {
        producers: clonesOf(sender, producers),
        consumers: clonesOf(receiver, consumers),
      };
    },
    produce(data, _scenario, source) {
      const sender = library.deserialize(data) as Sender;
      for (let i = 0; i < source.count; i++) {
        const { ok, error } = sender.blockingSend(source.payload.make(source.producer, i));
        if (!ok) throw error;
      }
      if (source.isLast()) sender.close();
    },
    consume(data, _scenario, see) {
      const receiver = library.deserialize(data) as Receiver;
      for (;;) {
        const result = receiver.blockingRecv();
        if (result.ok) see(result.value);
        else if (result.error.message === 'Channel closed') return;
        else throw result.error;
      }
    },
  },
};

/** Values that JSON can hold; it has neither capacity nor batches to vary. */
function isJson(scenario: Scenario): boolean {
  if (scenario.kind !== 'flow' || scenario.batch > 1 || scenario.capacity !== undefined) return false;
  return scenario.payload === 'number' || scenario.payload === 'object' || scenario.payload === 'tick';
}

function clonesOf<T extends Sender | Receiver>(handle: T, count: number) {
  return Array.from({ length: count }, () => {
    const [data, transfer] = library.serialize(handle.clone() as T);
    return { data, transfer: transfer as [] };
  });
}
