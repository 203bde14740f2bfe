import type { Codec } from './codec/codec.ts';
import type { RingControl } from './control.ts';
import type { Topology } from './layout.ts';
import { type Lot, tokenOf } from './lot.ts';
import type { RingReader } from './reader.ts';
import type { Ring, RingHandle, RingStats } from './ring.ts';
import type { WaitStrategy } from './waiting/wait-strategy.ts';
import type { RingWriter } from './writer.ts';

/** What all topologies share: the ends are made on first use, the handle, close and repair. */
export abstract class BaseRing<T, V, S> implements Ring<T, V, S> {
  protected readonly codec: Codec<T, V, S>;
  protected readonly control: RingControl;
  protected readonly strategy: WaitStrategy;
  #writer: RingWriter<T, S> | undefined;
  #reader: RingReader<T, V> | undefined;

  constructor(codec: Codec<T, V, S>, control: RingControl, strategy: WaitStrategy, firstSequence?: number) {
    this.codec = codec;
    this.control = control;
    this.strategy = strategy;
    control.markEnd = () => this.markEnd();
    if (firstSequence !== undefined) this.startAt(firstSequence);
  }

  get topology(): Topology {
    return this.control.layout.topology;
  }

  get capacity(): number {
    return this.control.layout.capacity;
  }

  get writer(): RingWriter<T, S> {
    if (this.#writer === undefined || this.#writer.detached) this.#writer = this.makeWriter();
    return this.#writer;
  }

  get reader(): RingReader<T, V> {
    if (this.#reader === undefined || this.#reader.detached) this.#reader = this.makeReader();
    return this.#reader;
  }

  /** Where the threads that use this ring sleep. */
  get lot(): Lot {
    return this.control.lot;
  }

  get handle(): RingHandle {
    const { control } = this;
    const { buffer, wasm } = control.memory;
    return {
      millrace: 1,
      buffer: buffer as SharedArrayBuffer,
      ...(wasm === undefined ? {} : { memory: wasm }),
      lot: control.lot.buffer,
      codec: this.codec.spec,
      wait: this.strategy,
    };
  }

  close(): void {
    this.control.close();
  }

  fail(error: unknown): void {
    this.control.fail(error);
  }

  /** Makes this ring a level of a priority ring: see `RingControl.endAs`. Not for other use. */
  endAs(control: RingControl): void {
    this.control.endAs(control);
  }

  repair(threadId: number): void {
    const { lot } = this.control;
    try {
      lot.repairSeats(tokenOf(threadId), (seat) => this.repairSeat(seat));
      this.control.repairEnd(tokenOf(threadId));
    } finally {
      lot.ringAll(); // Also when the ring turns out to be corrupt: whoever wakes finds that out.
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  abstract get closed(): boolean;
  abstract stats(): RingStats;
  protected abstract makeWriter(): RingWriter<T, S>;
  protected abstract makeReader(): RingReader<T, V>;
  /** Marks the stream as ended and wakes everybody; the state has left `open`. */
  protected abstract markEnd(): void;
  protected abstract repairSeat(seat: number): void;
  /** Sets the sequence of the first message, in a fresh ring. */
  protected abstract startAt(sequence: number): void;
}
