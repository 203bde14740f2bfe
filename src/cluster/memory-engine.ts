import { randomUUID } from 'node:crypto';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { Bus } from './bus.ts';
import type { Engine } from './engine.ts';
import { TopicError } from './errors.ts';
import { Topic } from './topic/topic.ts';
import type { TopicHandle } from './topic/topic-options.ts';
import { TopicNews, topicNews } from './topic-news.ts';

/** Where a bus leaves word of itself for threads that start later; they inherit it, and so do theirs. */
const ENVIRONMENT_KEY = 'millrace.bus';

interface BusHandle {
  readonly id: string;
  /** What a thread was started with, and what it has learnt since. */
  readonly topics: Record<string, TopicHandle>;
}

/** The bus of this thread on some handle: a thread writes to a partition by one topic object. */
const busOf = new WeakMap<BusHandle, Bus>();

/** The topics of this process, in its own memory. */
export function memory(): Engine {
  const handle: BusHandle = { id: randomUUID(), topics: {} };
  let news: TopicNews | undefined;
  return {
    topic(name, codec, options, host) {
      if (codec === undefined)
        throw new TopicError(`Topic '${name}' is new: pass the codec of its messages.`);
      const topic = Topic.create(name, codec, options, host);
      topic.drive();
      handle.topics[name] = topic.handle;
      busOf.set(handle, host as Bus);
      setEnvironmentData(ENVIRONMENT_KEY, handle);
      news ??= new TopicNews(handle.id, handle.topics);
      news.tell(topic.handle);
      return topic;
    },
    async find(name, options) {
      if (handle.topics[name] === undefined) await topicNews(handle.id, name, options);
    },
    close() {
      news?.close();
      setEnvironmentData(ENVIRONMENT_KEY, undefined);
    },
  };
}

/**
 * In a worker thread: the bus that was there when this thread was started, with the topics it had then; for later ones there is
 * `bus.find()`. The same object however often it is called.
 */
export function openBus(): Bus {
  const handle = getEnvironmentData(ENVIRONMENT_KEY) as BusHandle | undefined;
  if (handle === undefined) {
    throw new TopicError(
      'There is no bus in this thread: call createBus() and bus.topic() before starting it, with millrace loaded from the same place.',
    );
  }
  const known = busOf.get(handle);
  if (known !== undefined && !known.closed) return known;
  const bus = new Bus(opened(handle));
  busOf.set(handle, bus);
  return bus;
}

function opened({ id, topics }: BusHandle): Engine {
  return {
    topic(name, codec, { partitioner }, host) {
      const topic = topics[name];
      if (topic === undefined) throw unknownTopic(name, topics);
      return Topic.open(topic, codec, host, partitioner);
    },
    async find(name, options) {
      topics[name] ??= await topicNews(id, name, options);
    },
    close: () => {},
  };
}

function unknownTopic(name: string, topics: Readonly<Record<string, TopicHandle>>): TopicError {
  const known = Object.keys(topics).join("', '");
  return new TopicError(
    `There was no topic '${name}' when this thread was started, only '${known}'. ` +
      `Create it before, or wait for it: await bus.find('${name}').`,
  );
}
