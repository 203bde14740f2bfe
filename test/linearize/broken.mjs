/**
 * Queues and cells that are not linearizable, each in its own way, and one of each kind that is. All their steps are guarded
 * by one lock, so that what is wrong with each is what its name says: the checkers must catch every one.
 *
 *   word 0    │ 1        │ 2       │ 3       │ 8 …
 *   lock      │ produced │ taken   │ closed  │ values, from slot `number mod ROOM` on
 */
const LOCK = 0;
const PRODUCED = 1;
const TAKEN = 2;
const CLOSED = 3;
const VALUES = 8;
const ROOM = 1024;

/** @param {Int32Array} words @param {number} index */
const at = (words, index) => /** @type {number} */ (words[index]);

export class LockedQueue {
  /** @param {SharedArrayBuffer} buffer @param {number} capacity @param {number} thread */
  constructor(buffer, capacity, thread) {
    this.words = new Int32Array(buffer);
    this.capacity = capacity;
    this.thread = thread;
  }

  static bytes = (VALUES + ROOM) * 4;

  /** Drepper's mutex of three states ("Futexes are tricky", 2011). @template T @param {() => T} work @returns {T} */
  locked(work) {
    const { words } = this;
    if (Atomics.compareExchange(words, LOCK, 0, 1) !== 0)
      while (Atomics.exchange(words, LOCK, 2) !== 0) Atomics.wait(words, LOCK, 2, 1);
    try {
      return work();
    } finally {
      if (Atomics.exchange(words, LOCK, 0) === 2) Atomics.notify(words, LOCK, 1);
    }
  }

  get size() {
    return at(this.words, PRODUCED) - at(this.words, TAKEN);
  }

  /** @param {number} value */
  append(value) {
    const { words } = this;
    words[VALUES + (at(words, PRODUCED) % ROOM)] = value;
    words[PRODUCED] = at(words, PRODUCED) + 1;
  }

  first() {
    const { words } = this;
    const value = at(words, VALUES + (at(words, TAKEN) % ROOM));
    words[TAKEN] = at(words, TAKEN) + 1;
    return value;
  }

  /** @param {number} value @returns {'write' | 'full' | 'refused'} */
  offer(value) {
    return this.locked(() => {
      if (at(this.words, CLOSED) !== 0) return 'refused';
      if (this.size >= this.capacity) return 'full';
      this.append(value);
      return 'write';
    });
  }

  /** @returns {number | 'empty' | 'ended'} */
  poll() {
    return this.locked(() => {
      if (this.size > 0) return this.first();
      return at(this.words, CLOSED) === 0 ? 'empty' : 'ended';
    });
  }

  close() {
    this.locked(() => {
      this.words[CLOSED] = 1;
    });
  }
}

class LastInFirstOut extends LockedQueue {
  /** @override */
  first() {
    const { words } = this;
    words[PRODUCED] = at(words, PRODUCED) - 1;
    return at(words, VALUES + (at(words, PRODUCED) % ROOM));
  }
}

class OneTooMany extends LockedQueue {
  /** @override @param {number} value */
  offer(value) {
    this.capacity++;
    const answer = super.offer(value);
    this.capacity--;
    return answer;
  }
}

class OneTooFew extends LockedQueue {
  /** @override @param {number} value */
  offer(value) {
    return this.locked(() => this.size >= this.capacity - 1) ? 'full' : super.offer(value);
  }
}

class Overwriting extends LockedQueue {
  /** @override @param {number} value */
  offer(value) {
    this.locked(() => {
      if (this.size >= this.capacity) this.first();
    });
    return super.offer(value);
  }
}

/** A writer's message is seen only when it writes the next one. */
class LatePublication extends LockedQueue {
  #held = 0;

  /** @override @param {number} value */
  offer(value) {
    const answer = this.#held === 0 ? 'write' : super.offer(this.#held);
    if (answer === 'write') this.#held = value;
    return answer;
  }
}

/** A reader keeps its knowledge of the producer's cursor too long. */
class StaleEmpty extends LockedQueue {
  #seen = 0;
  #looks = 0;

  /** @override */
  poll() {
    return this.locked(() => {
      if (this.#looks++ % 3 === 2) this.#seen = at(this.words, PRODUCED);
      if (at(this.words, TAKEN) < this.#seen && this.size > 0) return this.first();
      return at(this.words, CLOSED) === 0 ? 'empty' : 'ended';
    });
  }
}

/** Two readers may get the same message: what to take and the taking are two steps. */
class DoubleTake extends LockedQueue {
  /** @override */
  poll() {
    const value = this.locked(() => (this.size > 0 ? this.peek() : 0));
    if (value === 0) return this.locked(() => (at(this.words, CLOSED) === 0 ? 'empty' : 'ended'));
    Atomics.wait(this.words, VALUES - 1, 0, 0.2);
    this.locked(() => {
      if (this.size > 0) this.first();
    });
    return value;
  }

  peek() {
    return at(this.words, VALUES + (at(this.words, TAKEN) % ROOM));
  }
}

/** Odd and even threads write to lanes of their own, which are read in turn: first in, first out for each writer alone. */
class TwoLanes extends LockedQueue {
  #turn = 0;

  /** @override @param {number} value */
  append(value) {
    this.words[this.lane(this.thread & 1)] = at(this.words, this.lane(this.thread & 1)) + 1;
    this.words[this.place(this.thread & 1, at(this.words, this.lane(this.thread & 1)))] = value;
    this.words[PRODUCED] = at(this.words, PRODUCED) + 1;
  }

  /** @override */
  first() {
    this.#turn ^= 1;
    const lane = this.#left(this.#turn) > 0 ? this.#turn : this.#turn ^ 1;
    this.words[TAKEN] = at(this.words, TAKEN) + 1;
    this.words[this.lane(lane) + 1] = at(this.words, this.lane(lane) + 1) + 1;
    return at(this.words, this.place(lane, at(this.words, this.lane(lane) + 1)));
  }

  /** @param {number} lane */
  #left(lane) {
    return at(this.words, this.lane(lane)) - at(this.words, this.lane(lane) + 1);
  }

  /** @param {number} lane */
  lane(lane) {
    return VALUES + lane * (ROOM / 2);
  }

  /** @param {number} lane @param {number} number */
  place(lane, number) {
    return this.lane(lane) + 2 + (number % (ROOM / 2 - 2));
  }
}

/** A writer looks whether the queue is closed only at its first call. */
class OpenForAcquaintances extends LockedQueue {
  #known = false;

  /** @override @param {number} value */
  offer(value) {
    if (this.#known)
      return this.locked(() => {
        if (this.size >= this.capacity) return 'full';
        this.append(value);
        return 'write';
      });
    const answer = super.offer(value);
    this.#known = answer !== 'refused';
    return answer;
  }
}

class EndsEarly extends LockedQueue {
  /** @override */
  poll() {
    return this.locked(() => {
      if (at(this.words, CLOSED) !== 0) return 'ended';
      return this.size > 0 ? this.first() : 'empty';
    });
  }
}

class LockedCell extends LockedQueue {
  /** @param {number} value */
  set(value) {
    this.locked(() => this.append(value));
  }

  /** @param {number} [age] how many values ago */
  get(age = 0) {
    return this.locked(() => {
      const number = at(this.words, PRODUCED) - 1 - age;
      return number < 0 ? 0 : at(this.words, VALUES + (number % ROOM));
    });
  }
}

/** Every other look shows the value before the last one. */
class StaleCell extends LockedCell {
  #looks = 0;

  /** @override */
  get() {
    return super.get(this.#looks++ & 1);
  }
}

export const SOUND = { queue: LockedQueue, cell: LockedCell };

/** Each with the kind of plan that shows it. */
export const BROKEN = /** @type {const} */ ({
  'last in, first out': { form: 'queue', type: LastInFirstOut },
  'holds one message too many': { form: 'queue', type: OneTooMany },
  'is full one message too early': { form: 'queue', type: OneTooFew },
  'overwrites the oldest message': { form: 'queue', type: Overwriting },
  'publishes with the next write': { form: 'queue', type: LatePublication },
  'says empty by an old cursor': { form: 'queue', type: StaleEmpty },
  'gives a message to two readers': { form: 'queue', type: DoubleTake },
  'keeps order for each writer alone': { form: 'queue', type: TwoLanes },
  'accepts messages after its end': { form: 'queue', type: OpenForAcquaintances },
  'ends with messages left': { form: 'queue', type: EndsEarly },
  'shows an old value': { form: 'cell', type: StaleCell },
});

/** @typedef {keyof typeof BROKEN} BrokenName */
