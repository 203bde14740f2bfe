import { pause } from '../atomics.ts';
import { OpenClaim } from '../claim.ts';
import type { CodecSpec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import type { MpmcWriter } from '../mpmc/mpmc-writer.ts';
import type { TimeoutOption } from '../ring.ts';
import { throwIfAborted, type WaitOptions, waitUntil } from '../waiting/async-wait.ts';
import {
  countdown,
  UNTIL_WOKEN,
  type Waitable,
  type WaitStrategy,
  waitSync,
} from '../waiting/wait-strategy.ts';
import { RingWriter } from '../writer.ts';
import { Demand } from './demand.ts';

/** How often an offer looks whether a reader that is on its way has come, a quarter of a microsecond apart: a reader needs some steps. */
const LOOKS_AT_READERS = 64;

/** The writing end of a ring of capacity 0. The argument is in `rendezvous-ring.ts`. */
export class RendezvousWriter<T, S> extends RingWriter<T, S> {
  readonly #inner: MpmcWriter<T, S>;
  readonly #demand: Demand;

  constructor(control: RingControl, strategy: WaitStrategy, spec: CodecSpec, inner: MpmcWriter<T, S>) {
    super(control, strategy, spec);
    this.#inner = inner;
    this.#demand = new Demand(control);
  }

  offer(value: T): boolean {
    if (this.encoding) this.beginEncoding(); // A claim is open: refuses.
    if (!this.#demand.isThere()) {
      if (this.control.closed) throw this.control.endError();
      return false;
    }
    if (!this.#inner.offer(value)) return false;
    const at = this.#inner.lastSequence;
    for (let looks = 0; looks < LOOKS_AT_READERS; looks++) {
      if (this.#handOver(at) || !this.#inner.isStanding(at)) return true;
      pause();
    }
    return !this.#inner.withdraw(at);
  }

  /** Hands the message to a reader that waits; `false` when none does, at this moment. */
  #handOver(at: number): boolean {
    const slot = at & (this.control.layout.slots - 1);
    const seat = this.#demand.meet(slot);
    if (seat === 0) return false;
    if (!this.#inner.isStanding(at)) this.#demand.takeBack(seat, slot);
    return true;
  }

  /** As many as there are readers that wait, one by one. Once some were accepted, the next call says what kept this one from going on. */
  offerAll(values: ArrayLike<T>): number {
    let count = 0;
    try {
      while (count < values.length && this.offer(values[count] as T)) count++;
    } catch (error) {
      if (count === 0) throw error;
    }
    return count;
  }

  protected openClaim(size: number): OpenClaim | undefined {
    if (!this.#demand.isThere()) return undefined;
    const bytes = new Uint8Array(size);
    const commit = (length: number) => {
      this.encoding = false;
      const written = this.offer(bytes.subarray(0, length) as T);
      this.encoding = !written;
      return written;
    };
    return new OpenClaim(bytes, this.control.layout.variable ? 0 : size, commit, () => {
      this.encoding = false;
    });
  }

  override putSync(value: T, options: TimeoutOption = {}): boolean {
    const left = countdown(options.timeout);
    if (this.offer(value)) return true;
    this.refuseIfStrict();
    if (!this.#inner.putSync(value, { timeout: left() })) return false;
    const at = this.#inner.lastSequence;
    this.countWait();
    const { lot } = this.control;
    if (waitSync(this.#standing(at), lot, this.strategy, left()) && this.#inner.isDone(at)) return true;
    return this.#endStanding(at);
  }

  override async put(value: T, options: WaitOptions = {}): Promise<void> {
    throwIfAborted(options);
    if (this.puts.size === 0 && this.offer(value)) return;
    this.refuseIfStrict();
    this.countWait();
    const inner = this.#inner;
    let at: number | undefined;
    const stand = () => {
      if (inner.offer(value)) at = inner.lastSequence;
      return at !== undefined;
    };
    const target = {
      attempt: () =>
        (at !== undefined || stand()) &&
        (inner.isDone(at as number) || (this.control.closed && this.#endStanding(at as number))),
      arm: () => (at === undefined ? inner.waitable.messages.arm() : inner.armForDone(at)),
      giveUp: () => at !== undefined && !inner.withdraw(at),
    };
    await waitUntil(target, this.control.lot.seat, this.puts, options, 'Meeting a reader');
  }

  #standing(at: number): Waitable {
    const inner = this.#inner;
    return { ready: () => inner.isDone(at) || this.control.closed, arm: () => inner.armForDone(at) };
  }

  /** Takes back a message that nobody came for; `true` when a reader was quicker. Throws when the ring has ended. */
  #endStanding(at: number): boolean {
    if (!this.#inner.withdraw(at)) return true;
    if (this.control.closed) throw this.control.endError();
    return false;
  }

  protected hasRoom(): boolean {
    return this.#demand.isThere() || this.control.closed;
  }

  protected armForRoom(): number {
    this.control.registerWriter();
    return this.hasRoom() ? 0 : UNTIL_WOKEN;
  }

  protected countWait(): void {
    this.#inner.waited();
  }

  protected releaseRole(): void {
    this.#inner.detach();
  }
}
