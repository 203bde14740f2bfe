/** What a logical thread asks the scheduler to do for it. */
export interface Step {
  readonly op: Op;
  readonly words: Int32Array;
  readonly index: number;
  readonly a?: number | undefined;
  readonly b?: number | undefined;
  readonly site: number;
}

export type Op =
  | 'load'
  | 'store'
  | 'add'
  | 'or'
  | 'exchange'
  | 'compareExchange'
  | 'wait'
  | 'notify'
  | 'waitAsync'
  /** Not an atomic step: waits for the end or death of the thread with number `a`. */
  | 'join';

/** Code of a logical thread: yields its steps and gets their results. */
export type Steps<T> = Generator<Step, T, unknown>;
