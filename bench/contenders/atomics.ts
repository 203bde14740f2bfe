import { type Contender, type RoundTripDriver, STOP } from './contender.ts';

/** The floor: two words, one each way, and nothing around them. It is no queue, and does nothing but round trips. */
export const atomics: Contender = {
  name: 'atomics',
  about: () => 'two bare words, no queue',
  does: (scenario) => scenario.kind === 'round-trip',
  roundTrip: roundTripDriver(),
};

// Two words that do not share a cache line, nor two neighbouring ones.
const THERE = 0;
const BACK = 32;

type Await = (words: Int32Array, index: number, old: number) => number;

const spin: Await = (words, index, old) => {
  for (;;) {
    const value = Atomics.load(words, index);
    if (value !== old) return value;
  }
};

const park: Await = (words, index, old) => {
  for (;;) {
    const value = Atomics.load(words, index);
    if (value !== old) return value;
    Atomics.wait(words, index, old);
  }
};

function send(words: Int32Array, index: number, value: number, wake: boolean): void {
  Atomics.store(words, index, value);
  if (wake) Atomics.notify(words, index);
}

function roundTripDriver(): RoundTripDriver {
  return {
    connect() {
      const words = new Int32Array(new SharedArrayBuffer(4 * 64));
      return { near: { data: words }, far: { data: words } };
    },
    ping(data, { waiting }, next) {
      const words = data as Int32Array;
      return waiting === 'async' ? pingAsync(words, next) : pingSync(words, waiting, next);
    },
    echo(data, { waiting }) {
      const words = data as Int32Array;
      const receive = waiting === 'spin' ? spin : park;
      for (let value = 0; value !== STOP; ) {
        value = receive(words, THERE, value);
        send(words, BACK, value, waiting !== 'spin');
      }
    },
  };
}

function pingSync(words: Int32Array, waiting: 'spin' | 'park', next: (answer: number) => number): void {
  const receive = waiting === 'spin' ? spin : park;
  for (let answer = 0; answer !== STOP; ) {
    send(words, THERE, next(answer), waiting === 'park');
    answer = receive(words, BACK, answer);
  }
}

async function pingAsync(words: Int32Array, next: (answer: number) => number): Promise<void> {
  for (let answer = 0; answer !== STOP; ) {
    send(words, THERE, next(answer), true);
    const old = answer;
    for (answer = Atomics.load(words, BACK); answer === old; answer = Atomics.load(words, BACK)) {
      await Atomics.waitAsync(words, BACK, old).value;
    }
  }
}
