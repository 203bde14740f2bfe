/**
 * Order within keys and fairness between them, for the one thread that reads a partition: of each key's messages one is in
 * flight at a time, in the order in which they were added, and keys take turns, so that one with a long queue does not hold
 * up the others.
 *
 * Keys are told apart by their hash, modulo the number of lanes: keys that share a lane are ordered among each other, too.
 * Messages are sequences, at most `capacity` of them from the oldest not done to the newest; lists are linked through
 * arrays, so that nothing is allocated for a message.
 */
export class KeyLanes {
  /** By sequence: the next of the same lane; itself at the end. */
  readonly #following: Int32Array;
  readonly #laneOf: Int32Array;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** By lane: messages waiting; and whether one is in flight. */
  readonly #waiting: Int32Array;
  readonly #busy: Uint8Array;
  /** Lanes with something waiting and nothing in flight, in the order of their turns. */
  readonly #turns: Int32Array;
  #turnsRead = 0;
  #turnsWritten = 0;
  readonly #mask: number;

  /** Both are powers of two. */
  constructor(capacity: number, lanes = 1024) {
    this.#following = new Int32Array(capacity);
    this.#laneOf = new Int32Array(capacity);
    this.#first = new Int32Array(lanes);
    this.#last = new Int32Array(lanes);
    this.#waiting = new Int32Array(lanes);
    this.#busy = new Uint8Array(lanes);
    this.#turns = new Int32Array(lanes);
    this.#mask = capacity - 1;
  }

  /** A message came; `hash` is its key's. */
  add(sequence: number, hash: number): void {
    const lane = hash & (this.#first.length - 1);
    this.#laneOf[sequence & this.#mask] = lane;
    if (this.#waiting[lane] === 0) this.#first[lane] = sequence;
    else this.#following[(this.#last[lane] as number) & this.#mask] = sequence;
    this.#last[lane] = sequence;
    this.#waiting[lane] = (this.#waiting[lane] as number) + 1;
    if (this.#waiting[lane] === 1 && this.#busy[lane] === 0) this.#queue(lane);
  }

  #queue(lane: number): void {
    this.#turns[this.#turnsWritten++ & (this.#turns.length - 1)] = lane;
  }

  /** Whether `next` has a message to give. */
  get ready(): boolean {
    return this.#turnsRead !== this.#turnsWritten;
  }

  /** The next message to handle, whose lane is busy until `done` or `again`. Only when `ready`. */
  next(): number {
    const lane = this.#turns[this.#turnsRead++ & (this.#turns.length - 1)] as number;
    const sequence = this.#first[lane] as number;
    this.#first[lane] = this.#following[sequence & this.#mask] as number;
    this.#waiting[lane] = (this.#waiting[lane] as number) - 1;
    this.#busy[lane] = 1;
    return sequence;
  }

  /** The message in flight is handled: its lane goes on, after the others that wait. */
  done(sequence: number): void {
    const lane = this.#laneOf[sequence & this.#mask] as number;
    this.#busy[lane] = 0;
    if ((this.#waiting[lane] as number) > 0) this.#queue(lane);
  }

  /** The message in flight is to be handled once more, before the others of its lane. */
  again(sequence: number): void {
    const lane = this.#laneOf[sequence & this.#mask] as number;
    if (this.#waiting[lane] === 0) this.#last[lane] = sequence;
    else this.#following[sequence & this.#mask] = this.#first[lane] as number;
    this.#first[lane] = sequence;
    this.#waiting[lane] = (this.#waiting[lane] as number) + 1;
    this.#busy[lane] = 0;
    this.#queue(lane);
  }
}
