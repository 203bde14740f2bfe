/**
 * A bound for a flood of messages: the receiver reports now and then how many it has had, and the sender sleeps when it is
 * too many ahead. `postMessage` itself has none, and its queue would grow as long as the sender is the faster one.
 */
const RECEIVED = 0;

/** How many messages go by between two reports, or two looks at them. */
const EVERY = 64;

export const createCredit = (): SharedArrayBuffer => new SharedArrayBuffer(4);

export class CreditedSender {
  readonly #words: Int32Array;
  readonly #window: number;
  #sent = 0;

  constructor(credit: SharedArrayBuffer, window: number) {
    this.#words = new Int32Array(credit);
    this.#window = window;
  }

  /** Call before each message. */
  beforeSend(): void {
    if (this.#sent++ % EVERY === 0) this.#waitForRoom();
  }

  #waitForRoom(): void {
    for (;;) {
      const received = Atomics.load(this.#words, RECEIVED);
      if (this.#sent - received <= this.#window) return;
      Atomics.wait(this.#words, RECEIVED, received);
    }
  }
}

export class CreditedReceiver {
  readonly #words: Int32Array;
  #received = 0;

  constructor(credit: SharedArrayBuffer) {
    this.#words = new Int32Array(credit);
  }

  /** Call after each message. */
  afterReceive(): void {
    if (++this.#received % EVERY !== 0) return;
    Atomics.store(this.#words, RECEIVED, this.#received);
    Atomics.notify(this.#words, RECEIVED);
  }
}
