import { OptionError } from '../../ring/index.ts';

/**
 * The names of a topic's consumer groups, in shared memory, so that a group is the same group in every
 * thread. The number of a group is the number of its subscription in each partition.
 *
 *   28 entries of 128 bytes:  │ state i32 │ nameBytes i32 │ name, UTF-8, up to 120 bytes │
 *
 * An entry goes free → writing → ready by compare-and-swap. Two threads that add the same name at the same
 * time take two entries; both then look from the start, waiting for what is being written, and settle on the
 * first one; the other is given up and never used again. An entry whose writer died is passed over after a while.
 */
/** The subscriptions of a partition above these are for looking at it without a group. */
export const GROUPS = 28;
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

export const GROUP_TABLE_BYTES: number = GROUPS * ENTRY_BYTES;

export class GroupTable {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
  }

  /** The number of the group with this name, or `undefined` when there is none. */
  find(name: string): number | undefined {
    return this.#find(new TextEncoder().encode(name));
  }

  /** The number of the group with this name, which is added if it is new. */
  join(name: string): number {
    const encoded = new TextEncoder().encode(name);
    if (encoded.length === 0 || encoded.length > NAME_BYTES_MAX) {
      throw new OptionError(
        'group',
        `A group's name has 1 to ${NAME_BYTES_MAX} bytes; '${name}' has ${encoded.length}.`,
      );
    }
    const found = this.#find(encoded);
    if (found !== undefined) return found;
    const added = this.#add(encoded);
    const first = this.#find(encoded) ?? added;
    if (first !== added) Atomics.store(this.#words, this.#entry(added), GIVEN_UP);
    return first;
  }

  /** The groups there are. */
  entries(): { name: string; number: number }[] {
    return Array.from({ length: GROUPS }, (_, group) => group)
      .filter((group) => this.#settled(group) === READY)
      .map((group) => ({ name: this.#nameOf(group), number: group }));
  }

  #nameOf(group: number): string {
    const at = group * ENTRY_BYTES + NAME_AT;
    const length = this.#words[this.#entry(group) + 1] as number;
    return new TextDecoder().decode(this.#bytes.slice(at, at + length));
  }

  #entry(group: number): number {
    return (group * ENTRY_BYTES) / 4;
  }

  #add(name: Uint8Array): number {
    for (let group = 0; group < GROUPS; group++) {
      const entry = this.#entry(group);
      if (Atomics.compareExchange(this.#words, entry, FREE, WRITING) !== FREE) continue;
      this.#words[entry + 1] = name.length;
      this.#bytes.set(name, group * ENTRY_BYTES + NAME_AT);
      Atomics.store(this.#words, entry, READY); // Publishes the name.
      return group;
    }
    throw new OptionError('group', `A topic has at most ${GROUPS} groups.`);
  }

  #find(name: Uint8Array): number | undefined {
    for (let group = 0; group < GROUPS; group++) {
      if (this.#settled(group) === READY && this.#isNamed(group, name)) return group;
    }
    return undefined;
  }

  /** The state of an entry once nobody is writing its name. */
  #settled(group: number): number {
    const entry = this.#entry(group);
    for (let waits = 0; waits < WAITS_MAX && Atomics.load(this.#words, entry) === WRITING; waits++) {
      Atomics.wait(this.#words, entry, WRITING, 1);
    }
    return Atomics.load(this.#words, entry);
  }

  #isNamed(group: number, name: Uint8Array): boolean {
    if (this.#words[this.#entry(group) + 1] !== name.length) return false;
    const at = group * ENTRY_BYTES + NAME_AT;
    return name.every((byte, i) => this.#bytes[at + i] === byte);
  }
}
