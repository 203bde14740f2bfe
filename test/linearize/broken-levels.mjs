import { LockedQueue } from './broken.mjs';

/** Priority queues of two levels, guarded by one lock; a message's level is its number modulo two. */
const PRODUCED = 1;
const CLOSED = 3;
const VALUES = 8;
const LEVELS = 2;
/** What stands where a message was taken. */
const GONE = -1;

export class SoundLevels extends LockedQueue {
  /** How many messages of the first level this reader has taken since it last served the second, or found it empty. */
  passedOver = 0;

  /** @param {SharedArrayBuffer} buffer @param {number} capacity @param {number} thread @param {number} guard */
  constructor(buffer, capacity, thread, guard) {
    super(buffer, capacity, thread);
    this.guard = guard;
  }

  /** Where the messages of a level stand, the oldest first. @param {number} level */
  placesOf(level) {
    const places = [];
    for (let i = 0; i < /** @type {number} */ (this.words[PRODUCED]); i++) {
      const value = /** @type {number} */ (this.words[VALUES + i]);
      if (value !== GONE && value % LEVELS === level) places.push(VALUES + i);
    }
    return places;
  }

  /** @override @param {number} value @returns {'write' | 'full' | 'refused'} */
  offer(value) {
    return this.locked(() => {
      if (this.words[CLOSED] !== 0) return 'refused';
      if (this.placesOf(value % LEVELS).length >= this.capacity) return 'full';
      this.append(value);
      return 'write';
    });
  }

  /** @override @returns {number | 'empty' | 'ended'} */
  poll() {
    return this.locked(() => {
      const levels = [this.placesOf(0), this.placesOf(1)];
      const level = this.choose(/** @type {number[][]} */ (levels));
      const place = levels[level]?.[0];
      if (place === undefined) return this.words[CLOSED] === 0 ? 'empty' : 'ended';
      const value = /** @type {number} */ (this.words[place]);
      this.words[place] = GONE;
      return value;
    });
  }

  /** @param {readonly (readonly number[])[]} levels */
  choose([urgent = [], other = []]) {
    const isDue = this.passedOver >= this.guard;
    const level = other.length > 0 && (isDue || urgent.length === 0) ? 1 : 0;
    this.passedOver = level === 1 || other.length === 0 ? 0 : this.passedOver;
    if (level === 0 && urgent.length > 0) this.passedOver++;
    return level;
  }
}

class LeastUrgentFirst extends SoundLevels {
  /** @override @param {readonly (readonly number[])[]} levels */
  choose([, other = []]) {
    return other.length > 0 ? 1 : 0;
  }
}

class NeverDue extends SoundLevels {
  /** @override @param {readonly (readonly number[])[]} levels */
  choose([urgent = []]) {
    return urgent.length > 0 ? 0 : 1;
  }
}

class DueLate extends SoundLevels {
  /** @override @param {readonly (readonly number[])[]} levels */
  choose(levels) {
    this.guard++;
    const level = super.choose(levels);
    this.guard--;
    return level;
  }
}

class DueEarly extends SoundLevels {
  /** @override @param {readonly (readonly number[])[]} levels */
  choose(levels) {
    this.guard--;
    const level = super.choose(levels);
    this.guard++;
    return level;
  }
}

/** A message that was due passes to the end of its level. */
class OutOfOrder extends SoundLevels {
  /** @override @param {number} level */
  placesOf(level) {
    return level === 1 ? super.placesOf(level).reverse() : super.placesOf(level);
  }
}

export const BROKEN_LEVELS = {
  'serves the least urgent first': LeastUrgentFirst,
  'lets the less urgent wait for ever': NeverDue,
  'serves what is due one message late': DueLate,
  'serves what is due one message early': DueEarly,
  'keeps no order in a level': OutOfOrder,
};
