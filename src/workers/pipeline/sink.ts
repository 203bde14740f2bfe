import { OptionError, type RingWriter } from '../../ring/index.ts';

/**
 * Where results go: a function, a Node stream, a web stream, the writer of a ring, or an array to append to. What
 * takes its time (a promise, a full stream or ring) holds everything before it back.
 */
export type Sink<T> =
  | ((value: T) => unknown)
  | T[]
  | NodeJS.WritableStream
  | WritableStream<T>
  | RingWriter<T>;

export interface Taker<T> {
  take(values: readonly T[]): Promise<void>;
  /** Everything has been taken. */
  end(): Promise<void>;
}

export function takerOf<T>(sink: Sink<T>): Taker<T> {
  if (Array.isArray(sink))
    return { take: (values) => callEach((value) => void sink.push(value), values), end: nothing };
  if (typeof sink === 'function') return { take: (values) => callEach(sink, values), end: nothing };
  if (isRingWriter<T>(sink)) return { take: (values) => putAll(sink, values), end: nothing };
  if (typeof (sink as WritableStream<T>)?.getWriter === 'function')
    return webTaker(sink as WritableStream<T>);
  if (typeof (sink as NodeJS.WritableStream)?.write === 'function') {
    return nodeTaker(sink as NodeJS.WritableStream);
  }
  throw new OptionError(
    'sink',
    'A sink is a function, an array, a writable stream, or the writer of a ring.',
  );
}

async function nothing(): Promise<void> {}

async function callEach<T>(call: (value: T) => unknown, values: readonly T[]): Promise<void> {
  for (const value of values) {
    const answer = call(value);
    if (answer instanceof Promise) await answer;
  }
}

function isRingWriter<T>(sink: unknown): sink is RingWriter<T> {
  const writer = sink as Partial<RingWriter<T>> | null;
  return typeof writer?.offerAll === 'function' && typeof writer.put === 'function';
}

async function putAll<T>(writer: RingWriter<T>, values: readonly T[]): Promise<void> {
  for (let at = writer.offerAll(values); at < values.length; at++) await writer.put(values[at] as T);
}

function webTaker<T>(stream: WritableStream<T>): Taker<T> {
  const writer = stream.getWriter();
  return {
    async take(values) {
      for (const value of values) {
        await writer.ready;
        void writer.write(value).catch(() => {}); // `ready` rejects with it.
      }
    },
    end: () => writer.close(),
  };
}

function nodeTaker(stream: NodeJS.WritableStream): Taker<unknown> {
  let failure: { readonly error: unknown } | undefined;
  stream.on('error', (error) => {
    failure ??= { error };
  });
  const check = () => {
    if (failure !== undefined) throw failure.error;
  };
  return {
    async take(values) {
      for (const value of values) {
        check();
        if (!stream.write(value as string)) await room(stream);
      }
    },
    async end() {
      check();
      await new Promise<void>((resolve) => stream.end(() => resolve()));
      check();
    },
  };
}

/** Resolves when a stream takes more, or never will. */
function room(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'error', 'close']) stream.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'error', 'close']) stream.on(event, done);
  });
}
