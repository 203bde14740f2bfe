import type { Contender } from './contender.ts';

export type { Contender, Endpoint } from './contender.ts';

/** A file of contenders, and which packages it needs. */
interface Entry {
  readonly names: readonly string[];
  readonly needs?: string;
  load(): Promise<readonly Contender[]>;
}

/**
 * In the order of the table. A thread of a round loads the one file it needs; the names stand here so that it knows which
 * that is. Rivals are development dependencies: where one is not installed, its contenders are left out and a line says so.
 */
const ENTRIES: readonly Entry[] = [
  {
    names: [
      'millrace-spsc',
      'millrace-spsc-json',
      'millrace-spsc-msgpack',
      'millrace-mpsc',
      'millrace-spmc',
      'millrace-mpmc',
      'millrace-mpmc-core',
    ],
    load: async () => (await import('./millrace-rings.ts')).millraceRings,
  },
  {
    names: ['millrace-broadcast'],
    load: async () => [(await import('./millrace-broadcast.ts')).millraceBroadcast],
  },
  {
    names: ['scq', 'vyukov', 'vyukov-announced'],
    load: async () => (await import('./alternatives.ts')).alternatives,
  },
  { names: ['atomics'], load: async () => [(await import('./atomics.ts')).atomics] },
  {
    names: ['postMessage', 'postMessage-100', 'postMessage-unbounded'],
    load: async () => (await import('./post-message.ts')).postMessages,
  },
  {
    names: ['BroadcastChannel'],
    load: async () => [(await import('./broadcast-channel.ts')).broadcastChannel],
  },
  {
    names: ['receiveMessageOnPort'],
    load: async () => [(await import('./receive-message-on-port.ts')).receiveOnPort],
  },
  {
    names: ['ringbuf.js'],
    needs: 'ringbuf.js',
    load: async () => [(await import('./ringbuf.ts')).ringbuf],
  },
  {
    names: ['multithreading'],
    needs: 'multithreading',
    load: async () => [(await import('./multithreading.ts')).multithreading],
  },
  {
    names: ['thread-stream'],
    needs: 'thread-stream',
    load: async () => [(await import('./thread-stream.ts')).threadStream],
  },
  {
    names: [
      'java-array-blocking-queue',
      'java-linked-blocking-queue',
      'java-disruptor',
      'java-jctools-spsc',
      'java-jctools-mpmc',
      'cpp-boost-spsc',
      'cpp-boost-spsc-bulk',
      'cpp-boost-mpmc',
      'cpp-moodycamel',
      'cpp-moodycamel-bulk',
      'python-queue',
    ],
    load: async () => (await import('./native.ts')).nativeContenders,
  },
  {
    names: ['fastq', 'p-queue'],
    needs: 'fastq p-queue',
    load: async () => (await import('./in-one-thread.ts')).inOneThread,
  },
  {
    names: ['bullmq'],
    needs: 'bullmq ioredis',
    load: async () => [(await import('./redis/bullmq.ts')).bullmq],
  },
  {
    names: ['millrace-topic'],
    load: async () => [(await import('./topics/millrace-topic.ts')).millraceTopic],
  },
  {
    names: ['millrace-parallel'],
    load: async () => [(await import('./pools/parallel.ts')).millraceParallel],
  },
  { names: ['piscina', 'piscina-100'], load: async () => (await import('./pools/piscina.ts')).piscinas },
  {
    names: ['tinypool'],
    needs: 'tinypool',
    load: async () => [(await import('./pools/tinypool.ts')).tinypool],
  },
  {
    names: ['poolifier'],
    needs: 'poolifier',
    load: async () => [(await import('./pools/poolifier.ts')).poolifier],
  },
  {
    names: ['workerpool'],
    needs: 'workerpool',
    load: async () => [(await import('./pools/workerpool.ts')).workerPool],
  },
  { names: ['no-pool'], load: async () => [(await import('./pools/no-pool.ts')).noPool] },
];

/** The name of the contender that tables compare with. */
export const POST_MESSAGE = 'postMessage';
/** The name of our ring for one writer and one reader. */
export const MILLRACE_SPSC = 'millrace-spsc';

/** A contender that can't run here, and what to do about it. */
export interface Absent {
  readonly name: string;
  readonly reason: string;
}

/** Every contender that can run here, and the ones that can't. */
export async function loadContenders(): Promise<{ contenders: Contender[]; absent: Absent[] }> {
  const loaded = await Promise.all(ENTRIES.map(tryToLoad));
  const all = loaded.flatMap(({ contenders }) => contenders);
  return {
    contenders: all.filter(({ missing }) => missing === undefined),
    absent: [
      ...loaded.flatMap(({ absent }) => absent),
      ...all.flatMap(({ name, missing }) => (missing === undefined ? [] : [{ name, reason: missing }])),
    ],
  };
}

async function tryToLoad(entry: Entry): Promise<{ contenders: readonly Contender[]; absent: Absent[] }> {
  try {
    return { contenders: await load(entry), absent: [] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const reason = `not installed: npm install --save-dev ${entry.needs}`;
    return { contenders: [], absent: entry.names.map((name) => ({ name, reason })) };
  }
}

async function load(entry: Entry): Promise<readonly Contender[]> {
  const contenders = await entry.load();
  const names = contenders.map(({ name }) => name);
  if (names.join() === entry.names.join()) return contenders;
  throw new Error(`The contenders ${names.join(', ')} stand in the list as ${entry.names.join(', ')}.`);
}

export async function contenderNamed(name: string): Promise<Contender> {
  const entry = ENTRIES.find(({ names }) => names.includes(name));
  if (entry === undefined) throw new Error(`There is no contender named ${name}.`);
  return (await load(entry)).find((candidate) => candidate.name === name) as Contender;
}
