/** What every view can do besides showing its fields. */
export interface ViewMethods<T> {
  /** A plain value of its own, which stays as it is when the message leaves the ring. */
  copy(): T;
  /** The same, so that `JSON.stringify(view)` gives what is expected. */
  toJSON(): T;
}

/**
 * A look at a message where it lies. There is one object for each binding, moved from message to message, so
 * it is valid as long as the codec says and no longer; `copy` keeps what it shows.
 */
export abstract class View<T> implements ViewMethods<T> {
  abstract copy(): T;

  toJSON(): T {
    return this.copy();
  }

  static {
    // What Node's console.log asks for. The fields are getters, and would not show otherwise.
    Object.defineProperty(View.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: View<unknown>): unknown {
        return this.copy();
      },
    });
  }
}

/**
 * A value that no longer depends on the ring, from whatever `drain` or a batch showed: views are copied,
 * bytes that lie in shared memory too, and everything else is a value of its own already and is returned as
 * it is.
 */
export function copy<T>(view: ViewMethods<T>): T;
export function copy<T>(view: T): T;
export function copy(view: unknown): unknown {
  if (view instanceof View) return view.copy();
  // Not `slice`, which a Buffer has redefined to share its memory.
  if (view instanceof Uint8Array) return new Uint8Array(view);
  return view;
}
