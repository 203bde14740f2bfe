import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import ThreadStream from 'thread-stream';
import type { Tally } from '../payloads/verify.ts';
import type { Contender } from './contender.ts';
import type { LineReaderData } from './thread-stream-reader.ts';

/** The one of this thread, in this phase. */
let stream: ThreadStream;

/**
 * What pino ships its log lines with: text in shared memory, to a thread that the stream starts itself. So the messages are
 * looked at there, and the thread that stands for the consumer here waits for what was seen.
 */
export const threadStream: Contender = {
  name: 'thread-stream',
  about: () => 'lines of text, buffer of 4 MiB',
  does: (scenario) =>
    scenario.kind === 'flow' &&
    scenario.producers === 1 &&
    scenario.consumers === 1 &&
    scenario.batch === 1 &&
    scenario.capacity === undefined &&
    scenario.reading === (scenario.payload === 'number' ? 'views' : 'values'),
  flow: {
    connect() {
      const { port1, port2 } = new MessageChannel();
      return {
        producers: [{ data: port1, transfer: [port1] }],
        consumers: [{ data: port2, transfer: [port2] }],
      };
    },
    async prepare(data, { payload }, side) {
      if (side === 'consumer') return;
      const port = data as MessagePort;
      stream = new ThreadStream({
        filename: fileURLToPath(new URL('./thread-stream-reader.js', import.meta.url)),
        workerData: { port, payload } satisfies LineReaderData,
        workerOpts: { transferList: [port] },
      });
      await once(stream, 'ready');
    },
    async produce(_data, _scenario, { payload, producer, count }) {
      for (let i = 0; i < count; i++) {
        if (!stream.write(`${JSON.stringify(payload.make(producer, i))}\n`)) await once(stream, 'drain');
      }
      stream.end();
      await once(stream, 'close');
    },
    async consume(data) {
      const port = data as MessagePort;
      const [tally] = (await once(port, 'message')) as [Tally];
      port.close();
      return tally;
    },
  },
};
