import type { Lot, Selectable, Waitable } from '../../ring/index.ts';

/**
 * What wakes a sleeping member besides messages: a plan that changed, which rings this thread's bell from outside, and `ring`,
 * for what happens in this thread.
 */
export class Doorbell implements Selectable {
  readonly waitable: { readonly lot: Lot; readonly messages: Waitable };
  #rung = false;

  /** @param isDue whether the member has something to do other than reading */
  constructor(lot: Lot, isDue: () => boolean) {
    const ready = () => this.#rung || isDue();
    this.waitable = { lot, messages: { ready, arm: () => (ready() ? 0 : Number.POSITIVE_INFINITY) } };
  }

  ring(): void {
    this.#rung = true;
    this.waitable.lot.ring(this.waitable.lot.seat.number);
  }

  /** Forgets the ring: the member is about to look at everything. */
  hear(): void {
    this.#rung = false;
  }
}
