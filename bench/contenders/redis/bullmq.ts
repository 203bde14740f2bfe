import type { Contender, Source } from '../contender.ts';
import { STOP } from '../contender.ts';
import { missingServer, serverPort, startServer } from './server.ts';

/** What of the package is used here. Its types are not: where it is not installed this has to compile all the same. */
interface Library {
  readonly Queue: new (name: string, options: object) => Queue;
  readonly Worker: new (name: string, handle: (job: Job) => Promise<void>, options: object) => Worker;
}

interface Queue {
  add(name: string, data: unknown, options: object): Promise<unknown>;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

interface Worker {
  run(): Promise<void>;
  waitUntilReady(): Promise<unknown>;
  close(force?: boolean): Promise<void>;
}

interface Job {
  readonly name: string;
  readonly data: unknown;
}

const PACKAGE: string = 'bullmq';
const { Queue, Worker } = (await import(PACKAGE)) as Library;

/** Jobs that a producer adds before it awaits the first of them. */
const IN_FLIGHT = 256;
const MESSAGE = 'message';
const END = 'end';
/** Nothing is kept of a job that is done. */
const ONCE = { removeOnComplete: true, removeOnFail: true };

let queues = 0;
/** The ends of this thread, in this phase. */
let sending: Queue;
let receiving: Worker;
let onJob: (job: Job) => void = () => {};

/** Jobs in a Redis of the run's own: what many programs use between processes, and within one for want of anything else. */
export const bullmq: Contender = {
  name: 'bullmq',
  about: () => `jobs in a local Redis, at most ${IN_FLIGHT} being added`,
  does: (scenario) =>
    scenario.kind === 'round-trip'
      ? scenario.waiting === 'async'
      : scenario.kind === 'flow' &&
        scenario.payload === 'object' &&
        scenario.consumers === 1 &&
        scenario.producers === 1,
  missing: missingServer,
  async prepare() {
    await startServer();
  },
  flow: {
    connect() {
      const name = newName();
      return { producers: [{ data: name }], consumers: [{ data: name }] };
    },
    async prepare(data, _scenario, side) {
      const name = data as string;
      if (side === 'consumer') receiving = await workerOf(name, async (job) => onJob(job));
      else sending = await queueOf(name);
    },
    async produce(_data, _scenario, source) {
      await addAll(sending, source);
      await sending.close();
    },
    async consume(_data, _scenario, see) {
      const ended = new Promise<void>((resolve) => {
        onJob = ({ name, data }) => (name === END ? resolve() : see(data));
      });
      void receiving.run();
      await ended;
      await receiving.close(true);
    },
  },
  roundTrip: {
    connect() {
      const [there, back] = [newName(), newName()];
      return { near: { data: [there, back] }, far: { data: [back, there] } };
    },
    ping: (data, _scenario, next) =>
      exchange(
        data as Pair,
        (queue) => queue.add(MESSAGE, next(0), ONCE),
        async (queue, answer) => {
          if (answer !== STOP) await queue.add(MESSAGE, next(answer), ONCE);
        },
      ),
    echo: (data) =>
      exchange(
        data as Pair,
        async () => {},
        (queue, value) => queue.add(MESSAGE, value, ONCE),
      ),
  },
};

const newName = (): string => `bench-${process.pid}-${queues++}`;

const connection = () => ({ connection: { host: '127.0.0.1', port: serverPort() } });

async function queueOf(name: string): Promise<Queue> {
  const queue = new Queue(name, connection());
  await queue.waitUntilReady();
  return queue;
}

async function workerOf(name: string, handle: (job: Job) => Promise<void>): Promise<Worker> {
  const worker = new Worker(name, handle, { ...connection(), autorun: false });
  await worker.waitUntilReady();
  return worker;
}

async function addAll(queue: Queue, { payload, producer, count }: Source): Promise<void> {
  const adding: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    await adding[i % IN_FLIGHT];
    adding[i % IN_FLIGHT] = queue.add(MESSAGE, payload.make(producer, i), ONCE);
  }
  await Promise.all(adding);
  await queue.add(END, null, ONCE);
}

/** The queue that goes out, and the one that comes back. */
type Pair = readonly [out: string, back: string];

/** Hands every message that comes back to `answer`, until it was `STOP`. */
async function exchange(
  [out, back]: Pair,
  begin: (queue: Queue) => Promise<unknown>,
  answer: (queue: Queue, value: number) => Promise<unknown>,
): Promise<void> {
  const queue = await queueOf(out);
  let stop: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const worker = await workerOf(back, async ({ data }) => {
    await answer(queue, data as number);
    if (data === STOP) stop();
  });
  void worker.run();
  await begin(queue);
  await stopped;
  await worker.close(true);
  await queue.close();
}
