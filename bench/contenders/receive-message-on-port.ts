import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { isAboutCapacity } from '../scenarios/index.ts';
import { type Contender, STOP } from './contender.ts';
import { CreditedReceiver, CreditedSender, createCredit } from './credit.ts';

/** Messages under way. */
const WINDOW = 4096;

/** One way from a thread to another: the port, how much has been received, and the word on which the receiver sleeps. */
interface Line {
  readonly port: MessagePort;
  readonly credit: SharedArrayBuffer;
  readonly bell: SharedArrayBuffer;
}

/** Ends a line; no value is `null`. */
const END = null;

/** Messages of a channel, read without the event loop by a thread that sleeps in `Atomics.wait` when there are none. */
export const receiveOnPort: Contender = {
  name: 'receiveMessageOnPort',
  about: () => `with Atomics.wait, at most ${WINDOW} under way`,
  does: (scenario) => {
    if (scenario.kind === 'round-trip') return scenario.waiting === 'park';
    return (
      scenario.kind === 'flow' &&
      scenario.producers === 1 &&
      scenario.consumers === 1 &&
      !isAboutCapacity(scenario)
    );
  },
  flow: {
    connect() {
      const { near, far } = lineBetween();
      return { producers: [near], consumers: [far] };
    },
    produce(data, _scenario, { payload, producer, count }) {
      const sender = new Sender(data as Line);
      const credit = new CreditedSender((data as Line).credit, WINDOW);
      for (let i = 0; i < count; i++) {
        credit.beforeSend();
        sender.send(payload.make(producer, i));
      }
      sender.send(END);
    },
    consume(data, _scenario, see) {
      const receiver = new Receiver(data as Line);
      const credit = new CreditedReceiver((data as Line).credit, WINDOW);
      for (let message = receiver.receive(); message !== END; message = receiver.receive()) {
        see(message);
        credit.afterReceive();
      }
      receiver.close();
    },
  },
  roundTrip: {
    connect() {
      const there = lineBetween();
      const back = lineBetween();
      return {
        near: {
          data: [there.near.data, back.far.data],
          transfer: [...there.near.transfer, ...back.far.transfer],
        },
        far: {
          data: [back.near.data, there.far.data],
          transfer: [...there.far.transfer, ...back.near.transfer],
        },
      };
    },
    ping(data, _scenario, next) {
      const [sender, receiver] = endsOf(data);
      for (let answer = 0; answer !== STOP; ) {
        sender.send(next(answer));
        answer = receiver.receive() as number;
      }
      receiver.close();
    },
    echo(data) {
      const [sender, receiver] = endsOf(data);
      for (let value = 0; value !== STOP; ) {
        value = receiver.receive() as number;
        sender.send(value);
      }
      receiver.close();
    },
  },
};

function endsOf(data: unknown): [Sender, Receiver] {
  const [out, back] = data as [Line, Line];
  return [new Sender(out), new Receiver(back)];
}

function lineBetween() {
  const { port1, port2 } = new MessageChannel();
  const shared = { credit: createCredit(), bell: new SharedArrayBuffer(4) };
  return {
    near: { data: { ...shared, port: port1 } satisfies Line, transfer: [port1] },
    far: { data: { ...shared, port: port2 } satisfies Line, transfer: [port2] },
  };
}

/** The sending end. The word changes before the receiver is woken, so that one which is about to sleep does not. */
class Sender {
  readonly #port: MessagePort;
  readonly #words: Int32Array;

  constructor({ port, bell }: Line) {
    this.#port = port;
    this.#words = new Int32Array(bell);
  }

  send(message: unknown): void {
    this.#port.postMessage(message);
    Atomics.add(this.#words, 0, 1);
    Atomics.notify(this.#words, 0);
  }
}

class Receiver {
  readonly #port: MessagePort;
  readonly #words: Int32Array;

  constructor({ port, bell }: Line) {
    this.#port = port;
    this.#words = new Int32Array(bell);
  }

  receive(): unknown {
    for (;;) {
      const rung = Atomics.load(this.#words, 0);
      const received = receiveMessageOnPort(this.#port);
      if (received !== undefined) return received.message;
      Atomics.wait(this.#words, 0, rung);
    }
  }

  close(): void {
    this.#port.close();
  }
}
