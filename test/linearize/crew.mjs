import { Worker } from 'node:worker_threads';
import { broadcast, latest, mpmc, mpsc, priority, spmc, spsc } from 'millrace/ring';
import { FAILURE, readerOf } from './acts.mjs';
import { SOUND } from './broken.mjs';
import { SoundLevels } from './broken-levels.mjs';
import { SoundMeeting } from './broken-meetings.mjs';
import { MESSAGES } from './messages.mjs';
import { groupsOf } from './plan.mjs';
import { Recorder } from './recorder.mjs';

/**
 * @typedef {import('./plan.mjs').Plan} Plan
 * @typedef {import('./history.mjs').Operation} Operation
 * @typedef {{ plan: Plan, history: Operation[] }} Recording
 */

const PERFORMER = new URL('./performer.mjs', import.meta.url);
const MAKERS = { spsc, mpsc, spmc, mpmc, broadcast };
/** Starting a thread takes as long as some hundred histories: the same threads perform all of them. */
const THREADS = 6;

/** How long a batch may take before something is stuck. */
const STUCK_MS = 60_000;

export class Crew {
  #workers = Array.from({ length: THREADS }, () => new Worker(PERFORMER));
  #clock = new SharedArrayBuffer(4);

  /** @param {readonly Plan[]} plans @returns {Promise<Recording[]>} */
  async record(plans) {
    Atomics.store(new Int32Array(this.#clock), 0, 0);
    const stages = plans.map((plan) => stage(plan));
    const gates = new SharedArrayBuffer(4 * plans.length);
    const done = this.#workers.map((worker, i) => {
      const jobs = plans.flatMap((plan, gate) => {
        const part = plan.parts[i];
        return part === undefined ? [] : [{ handle: stages[gate]?.handle, plan, part, gate }];
      });
      return answer(worker, { jobs, clock: this.#clock, gates });
    });
    const performed = await inTime(Promise.all(done));
    const next = this.#workers.map(() => 0);
    return plans.map((plan, i) => {
      const played = plan.parts.flatMap((_, thread) => {
        const at = /** @type {number} */ (next[thread]);
        next[thread] = at + 1;
        return performed[thread]?.[at] ?? [];
      });
      const recorder = new Recorder(new Int32Array(this.#clock), 0, 0);
      stages[i]?.finish(recorder);
      return { plan, history: [...played, ...recorder.operations] };
    });
  }

  async end() {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** @param {Worker} worker @param {import('./performer.mjs').Task} task @returns {Promise<Operation[][]>} */
function answer(worker, task) {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners('error');
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.postMessage(task);
  });
}

/** @template R @param {Promise<R>} work @returns {Promise<R>} */
async function inTime(work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const stuck = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('The threads of a history did not end.')), STUCK_MS);
  });
  try {
    return await /** @type {Promise<R>} */ (Promise.race([work, stuck]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What a history is about: its handle, and how the main thread ends it.
 *
 * @param {Plan} plan
 * @returns {{ handle: unknown, finish(recorder: Recorder): void }}
 */
function stage(plan) {
  const { codec, options } = MESSAGES[plan.kind];
  if (plan.form === 'cell') return { handle: latest(codec).handle, finish: () => {} };
  if (plan.form === 'locked') return lockedStage(plan);
  const { topology, capacity, overflow, wait, firstSequence } = plan;
  const settings = { capacity, overflow, wait, firstSequence, ...options };
  if (plan.levels !== undefined) return priorityStage(plan, settings);
  const ring = MAKERS[topology](codec, settings);
  if ('addSubscription' in ring) for (let i = groupsOf(plan); i > 0; i--) ring.addSubscription();
  return { handle: ring.handle, finish: (recorder) => finishRing(ring, plan, recorder) };
}

/** @param {Plan & { levels?: number | undefined }} plan @param {object} settings */
function priorityStage(plan, settings) {
  const { levels = 0, guard, kind, capacity } = plan;
  const ring = /** @type {import('millrace/ring').PriorityRing<any>} */ (
    priority(MESSAGES[kind].codec, .../** @type {[any]} */ ([{ ...settings, levels, guard }]))
  );
  const finish = (/** @type {Recorder} */ recorder) => {
    while (readOne(ring.reader, plan, recorder));
    for (let level = 0; level < levels && !ring.closed; level++) {
      const offer = (/** @type {any} */ message) => ring.writer.offer(message, { level });
      refill(offer, [ring.reader], kind, capacity);
    }
  };
  return { handle: ring.handle, finish };
}

/** @param {Plan} plan */
function lockedStage({ locked, capacity, guard, levels }) {
  const buffer = new SharedArrayBuffer(SOUND.queue.bytes);
  const finish = (/** @type {Recorder} */ recorder) => {
    if (locked === 'cell' || locked === 'shows an old value') return;
    const type = capacity === 0 ? SoundMeeting : levels === undefined ? SOUND.queue : SoundLevels;
    const queue = new type(buffer, capacity, 0, guard);
    for (;;) {
      const { result } = recorder.time(() => queue.poll());
      if (typeof result !== 'number') return;
      recorder.note('read', result);
    }
  };
  return { handle: buffer, finish };
}

/**
 * Reads what is left, and looks whether exactly `capacity` slots can be filled again.
 *
 * @param {import('millrace/ring').Ring<any>} ring
 * @param {Plan} plan
 * @param {Recorder} recorder
 */
function finishRing(ring, plan, recorder) {
  const groups = Array.from({ length: groupsOf(plan) }, (_, group) => readerOf(ring, group));
  for (const [group, reader] of groups.entries()) {
    recorder.group = group;
    while (readOne(reader, plan, recorder));
  }
  const { kind, capacity } = plan;
  if (!ring.closed && plan.overflow === 'block')
    refill((message) => ring.writer.offer(message), groups, kind, capacity);
}

/** @param {Pick<import('millrace/ring').RingReader<any>, 'poll'>} reader @param {Plan} plan @param {Recorder} recorder */
function readOne(reader, { kind }, recorder) {
  const { result, error } = recorder.time(() => reader.poll());
  if (error !== undefined && error.message !== FAILURE) throw error;
  if (error !== undefined) recorder.note('ended');
  else if (result === undefined) recorder.note('empty');
  else recorder.note('read', MESSAGES[kind].read(result));
  return result !== undefined;
}

/**
 * @param {(message: any) => boolean} offer
 * @param {Pick<import('millrace/ring').RingReader<any>, 'poll'>[]} readers
 * @param {import('./messages.mjs').MessageKind} kind
 * @param {number} capacity
 */
function refill(offer, readers, kind, capacity) {
  const oneSlot = MESSAGES[kind].make(3);
  let filled = 0;
  while (filled <= capacity && offer(oneSlot)) filled++;
  if (filled !== capacity) throw new Error(`${filled} of ${capacity} slots could be filled at the end`);
  for (const reader of readers) {
    let read = 0;
    while (reader.poll() !== undefined) read++;
    if (read !== capacity) throw new Error(`${read} of ${capacity} messages could be read at the end`);
  }
}
