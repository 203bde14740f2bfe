import type { FixedCodec, VariableCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import type { Lot } from '../lot.ts';
import { FixedMpmcReader } from '../mpmc/fixed-mpmc-reader.ts';
import { VariableMpmcReader } from '../mpmc/variable-mpmc-reader.ts';
import type { Waitable, WaitStrategy } from '../waiting/wait-strategy.ts';
import { Demand } from './demand.ts';

/**
 * The reading ends of a ring of capacity 0, for messages of fixed and of variable size. They say so when they wait, take
 * what they were handed before anything else, and take messages one by one. The argument is in `rendezvous-ring.ts`.
 */
export class FixedRendezvousReader<T, V> extends FixedMpmcReader<T, V> {
  readonly #demand: Demand;
  readonly #seat: number;

  constructor(control: RingControl, strategy: WaitStrategy, codec: FixedCodec<T, V, unknown>) {
    super(control, strategy, codec);
    this.#demand = new Demand(control);
    this.#seat = control.lot.seat.number;
  }

  protected override takeRecord(): boolean {
    const slot = this.#demand.end(this.#seat);
    return (slot >= 0 && this.takeFrom(slot)) || super.takeRecord(1);
  }

  protected override isReady(): boolean {
    if (super.isReady()) return true;
    this.#demand.begin(this.#seat);
    return false;
  }

  protected override armForMessage(): number {
    this.#demand.begin(this.#seat);
    return super.armForMessage();
  }

  protected override stopWaiting(): boolean {
    return this.#demand.stop(this.#seat);
  }

  /** Whoever selects among rings may take from another one: it waits without promising anything. */
  override get waitable(): { readonly lot: Lot; readonly messages: Waitable } {
    const ready = () => this.hasMessage() || this.hasEnded();
    return { lot: this.control.lot, messages: { ready, arm: () => this.#armWithoutDemand() } };
  }

  #armWithoutDemand(): number {
    return super.armForMessage();
  }

  protected override releaseRole(): void {
    this.#demand.end(this.#seat);
    super.releaseRole();
  }
}

export class VariableRendezvousReader<T, V> extends VariableMpmcReader<T, V> {
  readonly #demand: Demand;
  readonly #seat: number;

  constructor(control: RingControl, strategy: WaitStrategy, codec: VariableCodec<T, V>) {
    super(control, strategy, codec);
    this.#demand = new Demand(control);
    this.#seat = control.lot.seat.number;
  }

  protected override takeRecord(): boolean {
    const slot = this.#demand.end(this.#seat);
    return (slot >= 0 && this.takeFrom(slot)) || super.takeRecord(1);
  }

  protected override isReady(): boolean {
    if (super.isReady()) return true;
    this.#demand.begin(this.#seat);
    return false;
  }

  protected override armForMessage(): number {
    this.#demand.begin(this.#seat);
    return super.armForMessage();
  }

  protected override stopWaiting(): boolean {
    return this.#demand.stop(this.#seat);
  }

  override get waitable(): { readonly lot: Lot; readonly messages: Waitable } {
    const ready = () => this.hasMessage() || this.hasEnded();
    return { lot: this.control.lot, messages: { ready, arm: () => this.#armWithoutDemand() } };
  }

  #armWithoutDemand(): number {
    return super.armForMessage();
  }

  protected override releaseRole(): void {
    this.#demand.end(this.#seat);
    super.releaseRole();
  }
}
