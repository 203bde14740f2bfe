import { OptionError } from '../../ring/index.ts';

/**
 * Names in shared memory, each with a number: those of a topic's consumer groups and of its producers, so that a name is the same
 * group in every thread.
 *
 *   entries of 128 bytes:  │ state i32 │ nameBytes i32 │ name, UTF-8, up to 120 bytes │
 *
 * An entry goes free → writing → ready by compare-and-swap. Two threads that add the same name at the same
 * time take two entries; both then look from the start, waiting for what is being written, and settle on the
 * first one; the other is given up and never used again. An entry whose writer died is passed over after a while.
 */
const ENTRY_BYTES = 128;
const NAME_AT = 8;
const NAME_BYTES_MAX = ENTRY_BYTES - NAME_AT;
const FREE = 0;
const WRITING = 1;
const READY = 2;
/** Not free again: an entry that came free below others could be taken for a name that has one further up. */
const GIVEN_UP = 3;
/** Milliseconds after which whoever was writing a name must be dead. */
const WAITS_MAX = 100;

export class NameTable {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #names: number;
  readonly #what: string;

  /** Bytes for so many names. */
  static bytes(names: number): number {
    return names * ENTRY_BYTES;
  }

  /** @param what is named, for errors and as the name of the option */
  constructor(buffer: SharedArrayBuffer, what: string) {
    this.#words = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#names = buffer.byteLength / ENTRY_BYTES;
    this.#what = what;
  }

  /** The number of this name, or `undefined` when nobody has joined by it. */
  find(name: string): number | undefined {
    return this.#find(new TextEncoder().encode(name));
  }

  /** The number of this name, which is added if it is new. */
  join(name: string): number {
    const encoded = new TextEncoder().encode(name);
    if (encoded.length === 0 || encoded.length > NAME_BYTES_MAX) {
      throw new OptionError(
        this.#what,
        `The name of a ${this.#what} has 1 to ${NAME_BYTES_MAX} bytes; '${name}' has ${encoded.length}.`,
      );
    }
    const found = this.#find(encoded);
    if (found !== undefined) return found;
    const added = this.#add(encoded);
    const first = this.#find(encoded) ?? added;
    if (first !== added) Atomics.store(this.#words, this.#entry(added), GIVEN_UP);
    return first;
  }

  /** The names there are. */
  entries(): { name: string; number: number }[] {
    return Array.from({ length: this.#names }, (_, number) => number)
      .filter((number) => this.#settled(number) === READY)
      .map((number) => ({ name: this.#nameOf(number), number }));
  }

  #nameOf(number: number): string {
    const at = number * ENTRY_BYTES + NAME_AT;
    const length = this.#words[this.#entry(number) + 1] as number;
    return new TextDecoder().decode(this.#bytes.slice(at, at + length));
  }

  #entry(number: number): number {
    return (number * ENTRY_BYTES) / 4;
  }

  #add(name: Uint8Array): number {
    for (let number = 0; number < this.#names; number++) {
      const entry = this.#entry(number);
      if (Atomics.compareExchange(this.#words, entry, FREE, WRITING) !== FREE) continue;
      this.#words[entry + 1] = name.length;
      this.#bytes.set(name, number * ENTRY_BYTES + NAME_AT);
      Atomics.store(this.#words, entry, READY); // Publishes the name.
      return number;
    }
    throw new OptionError(this.#what, `A topic has at most ${this.#names} ${this.#what}s.`);
  }

  #find(name: Uint8Array): number | undefined {
    for (let number = 0; number < this.#names; number++) {
      if (this.#settled(number) === READY && this.#isNamed(number, name)) return number;
    }
    return undefined;
  }

  /** The state of an entry once nobody is writing its name. */
  #settled(number: number): number {
    const entry = this.#entry(number);
    for (let waits = 0; waits < WAITS_MAX && Atomics.load(this.#words, entry) === WRITING; waits++) {
      Atomics.wait(this.#words, entry, WRITING, 1);
    }
    return Atomics.load(this.#words, entry);
  }

  #isNamed(number: number, name: Uint8Array): boolean {
    if (this.#words[this.#entry(number) + 1] !== name.length) return false;
    const at = number * ENTRY_BYTES + NAME_AT;
    return name.every((byte, i) => this.#bytes[at + i] === byte);
  }
}
