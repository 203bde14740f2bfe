import { BroadcastChannel } from 'node:worker_threads';
import { isAboutCapacity } from '../scenarios/index.ts';
import { type Contender, STOP } from './contender.ts';
import { CreditedReceiver, CreditedSender, createCredit } from './credit.ts';

/** Messages under way. */
const WINDOW = 4096;

/** What a thread has to know of a channel. */
interface Line {
  readonly name: string;
  /** For each consumer, how much it has had. */
  readonly credits: readonly SharedArrayBuffer[];
  /** How many have opened the channel: what is posted before goes to nobody. */
  readonly listening: SharedArrayBuffer;
  /** Which of the consumers this is. */
  readonly consumer: number;
}

/** Ends a line; no value is `null`. */
const END = null;

let lines = 0;

/** As everybody uses it, but bounded as `postMessage` is here. One channel goes to everybody, so it has one producer. */
export const broadcastChannel: Contender = {
  name: 'BroadcastChannel',
  about: (scenario) => (scenario.kind === 'round-trip' ? '' : `at most ${WINDOW} under way`),
  does: (scenario) => {
    if (scenario.kind === 'round-trip') return scenario.waiting === 'async';
    if (scenario.kind === 'broadcast') return true;
    return (
      scenario.kind === 'flow' &&
      scenario.producers === 1 &&
      scenario.consumers === 1 &&
      !isAboutCapacity(scenario)
    );
  },
  flow: {
    connect({ consumers }) {
      const line = {
        name: `bench-${process.pid}-${lines++}`,
        credits: Array.from({ length: consumers }, createCredit),
        listening: new SharedArrayBuffer(4),
      };
      const ends = line.credits.map((_, consumer) => ({ data: { ...line, consumer } satisfies Line }));
      return { producers: [{ data: { ...line, consumer: 0 } satisfies Line }], consumers: ends };
    },
    produce(data, _scenario, { payload, producer, count }) {
      const { name, credits, listening } = data as Line;
      waitFor(listening, credits.length);
      const channel = new BroadcastChannel(name);
      const senders = credits.map((credit) => new CreditedSender(credit, WINDOW));
      for (let i = 0; i < count; i++) {
        for (const sender of senders) sender.beforeSend();
        channel.postMessage(payload.make(producer, i));
      }
      channel.postMessage(END);
      channel.close();
    },
    consume(data, _scenario, see) {
      const { name, credits, listening, consumer } = data as Line;
      const receiver = new CreditedReceiver(credits[consumer] as SharedArrayBuffer, WINDOW);
      return receive(name, listening, (message, close) => {
        if (message === END) return close();
        see(message);
        receiver.afterReceive();
      });
    },
  },
  roundTrip: {
    connect() {
      const line = { name: `bench-${process.pid}-${lines++}`, listening: new SharedArrayBuffer(4) };
      return { near: { data: line }, far: { data: line } };
    },
    ping(data, _scenario, next) {
      const { name, listening } = data as Line;
      waitFor(listening, 1);
      return receive(
        name,
        new SharedArrayBuffer(4),
        (answer, close, channel) => {
          if (answer === STOP) close();
          else channel.postMessage(next(answer as number));
        },
        (channel) => channel.postMessage(next(0)),
      );
    },
    echo(data) {
      const { name, listening } = data as Line;
      return receive(name, listening, (message, close, channel) => {
        channel.postMessage(message);
        if (message === STOP) close();
      });
    },
  },
};

type OnMessage = (message: unknown, close: () => void, channel: BroadcastChannel) => void;

/** Opens the channel, says so, and listens until `close` is called. */
function receive(
  name: string,
  listening: SharedArrayBuffer,
  onMessage: OnMessage,
  begin: (channel: BroadcastChannel) => void = () => {},
): Promise<void> {
  const channel = new BroadcastChannel(name);
  const ended = new Promise<void>((resolve) => {
    const close = () => {
      channel.close();
      resolve();
    };
    channel.onmessage = (event) => onMessage((event as MessageEvent).data, close, channel);
  });
  const words = new Int32Array(listening);
  Atomics.add(words, 0, 1);
  Atomics.notify(words, 0);
  begin(channel);
  return ended;
}

function waitFor(listening: SharedArrayBuffer, count: number): void {
  const words = new Int32Array(listening);
  for (let seen = 0; seen < count; seen = Atomics.load(words, 0)) Atomics.wait(words, 0, seen);
}
