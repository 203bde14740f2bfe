/** What the consumer threads of a topic are told, through the environment data that they inherit. */
export interface TopicTask {
  readonly producers: number;
  /** For each consumer thread of all groups, how many messages it has seen, a cache line pair apart. */
  readonly seen: SharedArrayBuffer;
}

/** The key in the environment data. */
export const TOPIC_TASK = 'bench.topicTask';

const WORDS_APART = 32;

/** Word 0 deals out places; each thread then has its own. */
export const createSeen = (threads: number): SharedArrayBuffer =>
  new SharedArrayBuffer(4 * WORDS_APART * (threads + 1));

/** Takes a place and answers what to call with the number of messages seen. */
export function countIn(seen: SharedArrayBuffer): (count: number) => void {
  const words = new Int32Array(seen);
  const place = (Atomics.add(words, 0, 1) + 1) * WORDS_APART;
  return (count) => Atomics.store(words, place, count);
}

export function totalOf(seen: SharedArrayBuffer): number {
  const words = new Int32Array(seen);
  let total = 0;
  for (let place = WORDS_APART; place < words.length; place += WORDS_APART)
    total += Atomics.load(words, place);
  return total;
}
