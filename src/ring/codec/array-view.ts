import type { FixedBinding } from './codec.ts';
import { decodeErrorWithin, indexStep } from './field-error.ts';
import { View } from './view.ts';

/**
 * A look at an `array(…)` where it lies in the ring, valid as long as the message is.
 *
 * When its elements have views of their own, such as structs, they share one, which moves: use what `at`
 * returned, or copy it, before asking for the next.
 */
export class ArrayView<T, V> extends View<readonly T[]> implements Iterable<V> {
  readonly length: number;
  readonly #stride: number;
  readonly #whole: FixedBinding<readonly T[], unknown>;
  readonly #elements: FixedBinding<T, V>;
  #at = 0;

  constructor(
    whole: FixedBinding<readonly T[], unknown>,
    elements: FixedBinding<T, V>,
    length: number,
    stride: number,
  ) {
    super();
    this.length = length;
    this.#stride = stride;
    this.#whole = whole;
    this.#elements = elements;
  }

  /** For the binding: the same view, over the array at byte `at`. */
  static move<T, V>(view: ArrayView<T, V>, at: number): ArrayView<T, V> {
    view.#at = at;
    return view;
  }

  /** The element at `index`, from 0 to `length` - 1; throws `RangeError` for any other. */
  at(index: number): V {
    if (!(index >= 0 && index < this.length && Number.isInteger(index))) {
      throw new RangeError(
        `The array has elements 0 to ${this.length - 1}, and no element ${String(index)}.`,
      );
    }
    try {
      return this.#elements.view(this.#at + index * this.#stride);
    } catch (error) {
      throw decodeErrorWithin(error, indexStep(index), index * this.#stride);
    }
  }

  *[Symbol.iterator](): IterableIterator<V> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  copy(): readonly T[] {
    return this.#whole.read(this.#at);
  }
}
