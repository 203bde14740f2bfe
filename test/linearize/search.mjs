/**
 * Whether a history is linearizable: whether there is one order of its operations, in keeping with who had ended before whom
 * began, in which a sequential object gives the same answers.
 *
 * The search is Wing and Gong's ("Testing and verifying concurrent objects", 1993) with Lowe's memory of what has failed
 * ("Testing for linearizability", 2017), as in Porcupine. What is remembered is how many operations of each thread are
 * done, and the state of the object.
 *
 * @template S
 * @typedef {object} Specification a sequential object
 * @property {S} initial
 * @property {(state: S) => string} key tells states apart
 * @property {(state: S, step: Step) => readonly S[]} after the states that the operation can lead to; none when it could not have
 *   been answered so
 */

/**
 * @typedef {object} Step
 * @property {import('./history.mjs').Operation} operation
 * @property {boolean} inCompany whether a call of another thread was under way at some time during this one
 * @property {boolean} besideWrite whether a write of another thread has begun and not taken effect
 */

/**
 * @template S
 * @param {readonly import('./history.mjs').Operation[]} history each thread's operations in the order it made them
 * @param {Specification<S>} specification
 * @returns {boolean}
 */
export function isLinearizable(history, specification) {
  return new Search(history, specification).run();
}

const WRITES = new Set(['write', 'refused']);

/** @template S */
class Search {
  /** @param {readonly import('./history.mjs').Operation[]} history @param {Specification<S>} specification */
  constructor(history, specification) {
    this.specification = specification;
    this.programs = programsOf(history);
    this.company = new Set(history.filter((operation) => isInCompany(operation, this.programs)));
    this.done = this.programs.map(() => 0);
    /** @type {Set<string>} */
    this.failed = new Set();
  }

  run() {
    return this.from(this.specification.initial);
  }

  /** @param {S} state @returns {boolean} */
  from(state) {
    const next = this.programs.map((program, i) => program[/** @type {number} */ (this.done[i])]);
    const firstEnd = Math.min(...next.map((operation) => operation?.ended ?? Number.POSITIVE_INFINITY));
    if (firstEnd === Number.POSITIVE_INFINITY) return true;
    const key = `${this.done}|${this.specification.key(state)}`;
    if (this.failed.has(key)) return false;
    // Whatever ended before an operation began must come before it.
    const open = next.map((operation) => (operation && operation.began < firstEnd ? operation : undefined));
    for (const [i, operation] of open.entries()) {
      if (operation !== undefined && this.tryNext(state, operation, i, open)) return true;
    }
    this.failed.add(key);
    return false;
  }

  /**
   * @param {S} state
   * @param {import('./history.mjs').Operation} operation
   * @param {number} thread
   * @param {readonly (import('./history.mjs').Operation | undefined)[]} open
   */
  tryNext(state, operation, thread, open) {
    const inCompany = this.company.has(operation);
    const besideWrite = open.some((other, i) => i !== thread && WRITES.has(other?.kind ?? ''));
    const states = this.specification.after(state, { operation, inCompany, besideWrite });
    if (states.length === 0) return false;
    this.done[thread] = /** @type {number} */ (this.done[thread]) + 1;
    const found = states.some((after) => this.from(after));
    this.done[thread] = /** @type {number} */ (this.done[thread]) - 1;
    return found;
  }
}

/** @param {readonly import('./history.mjs').Operation[]} history */
function programsOf(history) {
  /** @type {Map<number, import('./history.mjs').Operation[]>} */
  const programs = new Map();
  for (const operation of history) {
    const program = programs.get(operation.thread);
    if (program === undefined) programs.set(operation.thread, [operation]);
    else program.push(operation);
  }
  return [...programs.values()];
}

/**
 * @param {import('./history.mjs').Operation} operation
 * @param {readonly (readonly import('./history.mjs').Operation[])[]} programs
 */
function isInCompany({ thread, began, ended }, programs) {
  return programs.some((program) =>
    program.some((other) => other.thread !== thread && other.began < ended && other.ended > began),
  );
}
