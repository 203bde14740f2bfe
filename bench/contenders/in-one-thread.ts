import fastq from 'fastq';
import PQueue from 'p-queue';
import type { Contender } from './contender.ts';

/** Queues of jobs in one thread, for orientation: they share no memory and cross no thread. */
const does: Contender['does'] = (scenario) =>
  scenario.kind === 'one-thread' && scenario.depth > 1 && scenario.payload === 'number';

const fastQueue: Contender = {
  name: 'fastq',
  about: () => 'in one thread only',
  does,
  oneThread: {
    open({ depth }, payload, see) {
      const queue = fastq((value: unknown, done: (error: null) => void) => {
        see(value);
        done(null);
      }, 1);
      return {
        pass(first, count) {
          for (let i = first; i < first + count; i += depth) {
            queue.pause();
            for (let j = 0; j < depth; j++) queue.push(payload.make(0, i + j));
            queue.resume();
          }
        },
        close() {},
      };
    },
  },
};

const promiseQueue: Contender = {
  name: 'p-queue',
  about: () => 'in one thread only',
  does,
  oneThread: {
    open({ depth }, payload, see) {
      const queue = new PQueue({ concurrency: 1 });
      return {
        async pass(first, count) {
          for (let i = first; i < first + count; i += depth) {
            for (let j = 0; j < depth; j++) {
              const value = payload.make(0, i + j);
              queue.add(() => see(value));
            }
            await queue.onIdle();
          }
        },
        close() {},
      };
    },
  },
};

export const inOneThread: readonly Contender[] = [fastQueue, promiseQueue];
