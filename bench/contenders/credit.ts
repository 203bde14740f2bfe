/**
 * A bound for a flood of messages: the receiver reports now and then how many it has had, and the sender sleeps when it is
 * too many ahead. `postMessage` itself has none, and its queue would grow as long as the sender is the faster one.
 */
const RECEIVED = 0;

/**
 * How many messages go by between two reports, and two looks at them: a quarter of the window. With more frequent reports,
 * a sender that sleeps is woken for every few messages, which costs both sides more than the messages do.
 */
const partOf = (window: number): number => (window === Number.POSITIVE_INFINITY ? 1024 : window / 4);

export const createCredit = (): SharedArrayBuffer => new SharedArrayBuffer(4);

export class CreditedSender {
  readonly #words: Int32Array;
  readonly #window: number;
  readonly #part: number;
  #sent = 0;

  constructor(credit: SharedArrayBuffer, window: number) {
    this.#words = new Int32Array(credit);
    this.#window = window;
    this.#part = partOf(window);
  }

  /** Call before each message. */
  beforeSend(): void {
    if (this.#sent++ % this.#part === 0) this.#waitForRoom();
  }

  #waitForRoom(): void {
    for (;;) {
      const received = Atomics.load(this.#words, RECEIVED);
      if (this.#sent - 1 + this.#part - received <= this.#window) return;
      Atomics.wait(this.#words, RECEIVED, received);
    }
  }
}

export class CreditedReceiver {
  readonly #words: Int32Array;
  readonly #part: number;
  #received = 0;

  constructor(credit: SharedArrayBuffer, window: number) {
    this.#words = new Int32Array(credit);
    this.#part = partOf(window);
  }

  /** Call after each message. */
  afterReceive(): void {
    if (++this.#received % this.#part !== 0) return;
    Atomics.store(this.#words, RECEIVED, this.#received);
    Atomics.notify(this.#words, RECEIVED);
  }
}
