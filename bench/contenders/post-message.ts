import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Payload } from '../payloads/index.ts';
import {
  isAboutCapacity,
  isStream,
  type OneThreadScenario,
  type Scenario,
  type StreamScenario,
} from '../scenarios/index.ts';
import {
  type Contender,
  type Endpoint,
  type FlowDriver,
  type OneThreadDriver,
  type RoundTripDriver,
  type See,
  type Source,
  STOP,
} from './contender.ts';
import { CreditedReceiver, CreditedSender, createCredit } from './credit.ts';
import { postMessageJob } from './topics/flights.ts';

/** Messages under way in one channel. `--contender postMessage-unbounded` shows whether the bound costs anything. */
const WINDOW = 4096;
const ARRAY_WINDOW = 1024;

/** One message a value: what a program does that posts what it has. */
const postMessage: Contender = {
  name: 'postMessage',
  about: (scenario) =>
    isStream(scenario) ? `MessageChannel, at most ${WINDOW} under way` : 'MessageChannel',
  does: (scenario) => canStream(scenario) || ['round-trip', 'one-thread', 'job'].includes(scenario.kind),
  flow: flowDriver({ size: 1, window: WINDOW }),
  roundTrip: roundTripDriver(),
  oneThread: oneThreadDriver(),
  job: postMessageJob,
};

/** Arrays of 100 values, for orientation: what a program could do by hand. */
const postMessage100: Contender = {
  name: 'postMessage-100',
  about: () => `arrays of 100, at most ${ARRAY_WINDOW} under way`,
  does: (scenario) => scenario.kind === 'flow' && canStream(scenario),
  flow: flowDriver({ size: 100, window: ARRAY_WINDOW }),
};

/** As everybody uses it: nothing holds the sender back. */
const postMessageUnbounded: Contender = {
  name: 'postMessage-unbounded',
  about: () => 'MessageChannel, no bound',
  does: (scenario) => scenario.kind === 'flood' || isPlain(scenario),
  flow: flowDriver({ size: 1, window: Number.POSITIVE_INFINITY }),
};

function canStream(scenario: Scenario): boolean {
  return isStream(scenario) && !isAboutCapacity(scenario);
}

/** Numbers one by one, where the bound of the others can be compared with none. */
function isPlain(scenario: Scenario): boolean {
  if (scenario.kind !== 'flow' || !canStream(scenario)) return false;
  return (
    scenario.payload === 'number' &&
    scenario.batch === 1 &&
    scenario.consumers === 1 &&
    scenario.producers === 1
  );
}

export const postMessages: readonly Contender[] = [postMessage, postMessage100, postMessageUnbounded];

interface Bundling {
  /** Values in one message; 1 means the value itself, not an array of it. */
  readonly size: number;
  /** Messages under way in one channel. */
  readonly window: number;
}

interface Line {
  readonly port: MessagePort;
  readonly credit: SharedArrayBuffer;
}

/** Ends a line; no value is `null`. */
const END = null;

function flowDriver(bundling: Bundling): FlowDriver {
  return {
    connect,
    produce(data, scenario, source) {
      const send = (data as Line[]).map(({ port, credit }) => senderOf(port, credit, bundling.window));
      if (scenario.kind === 'broadcast') sendToAll(send, source);
      else if (bundling.size === 1) sendEach(send, source);
      else sendArrays(send, source, bundling.size);
      for (const to of send) to(END);
    },
    async consume(data, _scenario, see) {
      await Promise.all((data as Line[]).map((line) => receive(line, bundling, see)));
    },
  };
}

/** A channel from each producer to each consumer; a producer deals its messages out in turn. */
function connect({ producers, consumers }: StreamScenario): { producers: Endpoint[]; consumers: Endpoint[] } {
  const channels = Array.from({ length: producers }, () =>
    Array.from({ length: consumers }, () => ({ ...new Ports(), credit: createCredit() })),
  );
  return {
    producers: channels.map((row) => endpoint(row.map(({ near, credit }) => ({ port: near, credit })))),
    consumers: Array.from({ length: consumers }, (_, consumer) =>
      endpoint(
        channels
          .map((row) => row[consumer] as (typeof row)[0])
          .map(({ far, credit }) => ({ port: far, credit })),
      ),
    ),
  };
}

class Ports {
  readonly near: MessagePort;
  readonly far: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.near = port1;
    this.far = port2;
  }
}

function endpoint(lines: Line[]): Endpoint {
  return { data: lines, transfer: lines.map(({ port }) => port) };
}

type Send = (message: unknown) => void;

function senderOf(port: MessagePort, credit: SharedArrayBuffer, window: number): Send {
  const sender = new CreditedSender(credit, window);
  return (message) => {
    sender.beforeSend();
    port.postMessage(message);
  };
}

function sendEach(send: Send[], { payload, producer, count }: Source): void {
  const one = send[0] as Send;
  if (send.length === 1) for (let i = 0; i < count; i++) one(payload.make(producer, i));
  else for (let i = 0; i < count; i++) send[i % send.length]?.(payload.make(producer, i));
}

function sendToAll(send: Send[], { payload, producer, count }: Source): void {
  for (let i = 0; i < count; i++) {
    const value = payload.make(producer, i);
    for (const to of send) to(value);
  }
}

function sendArrays(send: Send[], { payload, producer, count }: Source, size: number): void {
  for (let i = 0; i < count; i += size) {
    const values: unknown[] = [];
    for (let j = i; j < Math.min(i + size, count); j++) values.push(payload.make(producer, j, j - i));
    send[(i / size) % send.length]?.(values);
  }
}

function receive({ port, credit }: Line, { size, window }: Bundling, see: See): Promise<void> {
  const receiver = new CreditedReceiver(credit, window);
  return new Promise((resolve) => {
    port.on('message', (message: unknown) => {
      if (message === END) {
        port.close();
        resolve();
        return;
      }
      if (size > 1) for (const value of message as unknown[]) see(value);
      else see(message);
      receiver.afterReceive();
    });
  });
}

function roundTripDriver(): RoundTripDriver {
  return {
    connect() {
      const { near, far } = new Ports();
      return { near: { data: near, transfer: [near] }, far: { data: far, transfer: [far] } };
    },
    ping(data, _scenario, next) {
      const port = data as MessagePort;
      return new Promise((resolve) => {
        port.on('message', (answer: number) => {
          if (answer !== STOP) port.postMessage(next(answer));
          else resolve(port.close());
        });
        port.postMessage(next(0));
      });
    },
    echo(data) {
      const port = data as MessagePort;
      return new Promise((resolve) => {
        port.on('message', (message: number) => {
          port.postMessage(message);
          if (message === STOP) resolve();
        });
        port.on('close', () => resolve());
      });
    },
  };
}

/** In one thread a port can be read without the event loop. */
function oneThreadDriver(): OneThreadDriver {
  return {
    open(scenario, payload, see) {
      const { near, far } = new Ports();
      return {
        pass: (first, count) => pass(near, far, scenario, payload, see, first, count),
        close: () => near.close(),
      };
    },
  };
}

function pass(
  near: MessagePort,
  far: MessagePort,
  { depth }: OneThreadScenario,
  payload: Payload,
  see: See,
  first: number,
  count: number,
): void {
  for (let i = first; i < first + count; i += depth) {
    for (let j = 0; j < depth; j++) near.postMessage(payload.make(0, i + j));
    for (let j = 0; j < depth; j++) see(receiveMessageOnPort(far)?.message);
  }
}
