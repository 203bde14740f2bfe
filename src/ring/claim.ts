import { OptionError } from './errors.ts';
import { loseBuffer } from './globals.ts';

/**
 * Room for one message of bytes, to be written in place. Nothing else can be written by this writer until it is
 * published or aborted.
 */
export interface Claim {
  /** The room. With one writer to the ring this is the ring's own memory; do not use it after `publish` or `abort`. */
  readonly bytes: Uint8Array;
  /**
   * Makes the first `length` bytes (by default all) a message. `false` when it found no room: only in rings with several
   * writers, where the claim is private memory, so that nobody waits for it; it stays open then. Throws `ClosedError`
   * when the ring was closed meanwhile; the claim is aborted then.
   */
  publish(length?: number): boolean;
  /** Gives the room back. Does nothing after `publish`. */
  abort(): void;
  /** `abort`, so that with `using` a claim that was not published is given back. */
  [Symbol.dispose](): void;
}

/** A claim, with what its writer does when it ends. */
export class OpenClaim implements Claim {
  readonly bytes: Uint8Array;
  readonly #least: number;
  readonly #commit: (length: number) => boolean;
  readonly #end: () => void;
  #isOpen = true;

  /**
   * @param least how few bytes make a message
   * @param commit makes so many bytes a message; whether there was room
   * @param end lets the writer write again
   */
  constructor(bytes: Uint8Array, least: number, commit: (length: number) => boolean, end: () => void) {
    this.bytes = bytes;
    this.#least = least;
    this.#commit = commit;
    this.#end = end;
  }

  /** Whether it was neither published nor aborted yet. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  publish(length: number = this.bytes.length): boolean {
    if (!this.#isOpen)
      throw new OptionError('claim', 'This claim was published or aborted already; claim anew.');
    if (!Number.isInteger(length) || length < this.#least || length > this.bytes.length) {
      throw new OptionError(
        'length',
        `A claim of ${this.bytes.length} bytes can't publish ${length}; it takes ${this.#least} to ${this.bytes.length}.`,
      );
    }
    let written = true;
    try {
      written = this.#commit(length);
    } finally {
      if (written) this.abort();
    }
    return written;
  }

  abort(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#end();
  }

  [Symbol.dispose](): void {
    this.abort();
  }
}

/**
 * A claim with checks on: its room is private memory, which becomes the message when it is published and is taken away when
 * the claim ends, so that what is written too late reaches nothing.
 */
export class CheckedClaim implements Claim {
  readonly bytes: Uint8Array;
  readonly #claim: OpenClaim;

  constructor(claim: OpenClaim) {
    this.#claim = claim;
    this.bytes = new Uint8Array(claim.bytes.length);
  }

  publish(length: number = this.bytes.length): boolean {
    if (this.#claim.isOpen) this.#claim.bytes.set(this.bytes);
    try {
      return this.#claim.publish(length);
    } finally {
      this.#loseIfEnded();
    }
  }

  abort(): void {
    this.#claim.abort();
    this.#loseIfEnded();
  }

  #loseIfEnded(): void {
    if (!this.#claim.isOpen) loseBuffer(this.bytes.buffer as ArrayBuffer);
  }

  [Symbol.dispose](): void {
    this.abort();
  }
}
