import { LockedQueue } from './broken.mjs';

/**
 * Places where writers and readers meet, guarded by one lock: one message stands there at a time, until a reader takes it or its writer
 * takes it back.
 */
const CLOSED = 3;
const STANDING = 4;
/** How long a writer stands there, and how often it looks meanwhile. */
const LOOKS = 20;
const LOOK_MS = 0.05;

export class SoundMeeting extends LockedQueue {
  /** A message stands there by its number; 0 for none. */
  get standing() {
    return /** @type {number} */ (this.words[STANDING]);
  }

  /** @param {number} value */
  place(value) {
    this.words[STANDING] = value;
  }

  get isClosed() {
    return this.words[CLOSED] !== 0;
  }

  /** @override @param {number} value @returns {'write' | 'full' | 'refused'} */
  offer(value) {
    const begun = this.locked(() => this.stand(value));
    return begun ?? this.waitFor(value);
  }

  /** `undefined` once the message stands there. @param {number} value @returns {'full' | 'refused' | undefined} */
  stand(value) {
    if (this.isClosed) return 'refused';
    if (this.standing !== 0) return 'full';
    this.place(value);
    return undefined;
  }

  /** @param {number} value @returns {'write' | 'full' | 'refused'} */
  waitFor(value) {
    for (let look = 0; look < LOOKS; look++) {
      if (this.locked(() => this.standing !== value)) return 'write';
      Atomics.wait(this.words, STANDING, value, LOOK_MS);
    }
    return this.locked(() => this.takeBack(value));
  }

  /** @param {number} value @returns {'write' | 'full' | 'refused'} */
  takeBack(value) {
    if (this.standing !== value) return 'write';
    this.place(0);
    return this.isClosed ? 'refused' : 'full';
  }

  /** @override @returns {number | 'empty' | 'ended'} */
  poll() {
    return this.locked(() => this.take());
  }

  /** @returns {number | 'empty' | 'ended'} */
  take() {
    const value = this.standing;
    if (value === 0 || this.isClosed) return this.isClosed ? 'ended' : 'empty';
    this.place(0);
    return value;
  }
}

/** A place for one message: its writer does not wait. */
class HoldsOne extends SoundMeeting {
  /** @override */
  waitFor() {
    return /** @type {const} */ ('write');
  }
}

class LeavesItThere extends SoundMeeting {
  /** @override @param {number} value */
  takeBack(value) {
    return this.standing === value ? 'full' : 'write';
  }
}

/** Whoever takes its message back does not look whether it was taken. */
class SaysNotTaken extends SoundMeeting {
  /** @override @param {number} value */
  waitFor(value) {
    for (let look = 0; look < LOOKS; look++) Atomics.wait(this.words, STANDING, value, LOOK_MS);
    return this.locked(() => {
      if (this.standing === value) this.place(0);
      return /** @type {const} */ ('full');
    });
  }
}

class TakesBackAndSaysTaken extends SoundMeeting {
  /** @override @param {number} value */
  takeBack(value) {
    if (this.standing === value) this.place(0);
    return /** @type {const} */ ('write');
  }
}

/** A message is looked at and taken in two steps. */
class MeetsTwo extends SoundMeeting {
  /** @override @returns {number | 'empty' | 'ended'} */
  poll() {
    const value = this.locked(() => (this.isClosed ? 0 : this.standing));
    if (value === 0) return this.isClosed ? 'ended' : 'empty';
    Atomics.wait(this.words, CLOSED, 0, 0.2);
    return this.locked(() => {
      if (this.standing === value) this.place(0);
      return value;
    });
  }
}

class MeetsAfterItsEnd extends SoundMeeting {
  #known = false;

  /** @override @param {number} value */
  stand(value) {
    const isKnown = this.#known;
    this.#known = true;
    if (!isKnown && this.isClosed) return 'refused';
    if (this.standing !== 0) return 'full';
    this.place(value);
    return undefined;
  }

  /** @override @returns {number | 'empty' | 'ended'} */
  take() {
    const value = this.standing;
    if (value === 0) return this.isClosed ? 'ended' : 'empty';
    this.place(0);
    return value;
  }
}

export const BROKEN_MEETINGS = {
  'keeps a message without its writer': HoldsOne,
  'leaves a message that was given up': LeavesItThere,
  'says that nobody took a message': SaysNotTaken,
  'says that somebody took a message': TakesBackAndSaysTaken,
  'lets two readers meet one writer': MeetsTwo,
  'lets writers and readers meet after its end': MeetsAfterItsEnd,
};
