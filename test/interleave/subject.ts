import type { Cell, Make, Ring } from './ends.ts';
import type { Instance } from './instance.ts';
import type { Kernel } from './kernel.ts';
import type { Steps } from './steps.ts';

/** What a scenario is about: one ring, several, the levels of a priority ring, or a cell. */
export interface RingSetup {
  readonly topology: 'spsc' | 'mpsc' | 'spmc' | 'mpmc' | 'broadcast' | 'latest';
  readonly capacity: number;
  readonly overflow?: 'block' | 'strict' | 'drop-oldest' | 'drop-newest';
  readonly wait?: 'park' | 'spin' | 'adaptive';
  readonly variable?: boolean;
  /** The first sequence, or the version of a cell's first value. */
  readonly firstSequence?: number;
  /** Subscriptions that are there from the beginning and keep their cursors between readers. */
  readonly durable?: number;
  /** Says that a broadcast ring has one writer. */
  readonly writers?: 1;
  /** For each of them, those that it comes after. */
  readonly after?: readonly (readonly number[])[];
  /** How many such rings there are. Default 1. */
  readonly lanes?: number;
  /** The rings are the levels of a priority ring with this guard. */
  readonly guard?: number;
}

export interface Handle {
  readonly buffer: SharedArrayBuffer;
  readonly lot: SharedArrayBuffer;
}

/** Makes and opens what a setup says, in the transformed code. Either may or may not reach a step: it is nothing to schedule. */
export class Subject {
  readonly handles: readonly Handle[];
  readonly #setup: RingSetup;
  readonly #codec: unknown;
  readonly #kernel: Kernel;

  constructor(setup: RingSetup, codec: unknown, kernel: Kernel, maker: Instance) {
    this.#setup = setup;
    this.#codec = codec;
    this.#kernel = kernel;
    this.handles = Array.from({ length: setup.lanes ?? 1 }, () => this.#make(maker));
  }

  /** Makes its memory known: what is there now is what every run begins with. */
  register(): void {
    for (const { buffer } of this.handles) this.#kernel.memory.register(buffer);
    if (this.#setup.topology !== 'latest') this.#kernel.memory.register((this.handles[0] as Handle).lot);
  }

  #make(maker: Instance): Handle {
    const {
      topology,
      variable,
      capacity,
      overflow = 'block',
      wait = 'park',
      firstSequence,
      writers,
    } = this.#setup;
    if (topology === 'latest') return this.#makeCell(maker);
    const options = {
      capacity,
      overflow,
      wait,
      ...(firstSequence === undefined ? {} : { firstSequence }),
      ...(variable ? { slotSize: 8 } : {}),
      ...(writers === undefined ? {} : { writers }),
    };
    const create = maker.module('./open.js')[topology] as Make;
    return this.#made(create(this.#codec, options)).handle;
  }

  /** A cell; with a first version, it has a value already. */
  #makeCell(maker: Instance): Handle {
    const { capacity, firstSequence } = this.#setup;
    const create = maker.module('./latest.js')['latest'] as (codec: unknown, options: object) => Steps<Cell>;
    const cell = this.#made(create(this.#codec, { maxMessageSize: capacity * 8 }));
    const words = new Int32Array(cell.handle.buffer);
    if (firstSequence !== undefined) {
      words[VERSION] = firstSequence - 1;
      this.#kernel.alone(0, cell.set(FIRST_VALUE));
      words[WRITER] = 0;
    }
    return cell.handle as Handle;
  }

  /** A handle of its own for each thread, which keeps what opening it found out. */
  copyOfHandles(): Handle[] {
    return this.handles.map((handle) => ({ ...handle }));
  }

  openRing(instance: Instance, handles: readonly Handle[], lane: number): Ring {
    if (this.#setup.guard !== undefined) return this.#openLevels(instance, handles);
    const open = instance.module('./open.js')['open'] as Make;
    return this.#made(open(handles[lane], this.#codec));
  }

  #openLevels(instance: Instance, levels: readonly Handle[]): Ring {
    const open = instance.module('./open-priority.js')['openPriority'] as Make;
    return this.#made(open({ millrace: 1, levels, guard: this.#setup.guard }, this.#codec));
  }

  openCell(instance: Instance, [handle]: readonly Handle[]): Cell {
    const open = instance.module('./latest.js')['openLatest'] as (
      from: unknown,
      codec: unknown,
    ) => Steps<Cell>;
    return this.#made(open(handle, this.#codec));
  }

  #made<T extends object>(made: T | Steps<T>): T {
    return 'next' in made ? this.#kernel.alone(this.#kernel.memory.threads - 1, made) : made;
  }
}

/** Words of a cell, as in `latest.ts`. */
const VERSION = 32;
const WRITER = 64;
/** The value of a cell that has one from the beginning. */
export const FIRST_VALUE = 11;
