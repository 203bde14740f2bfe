import { BroadcastChannel } from 'node:worker_threads';
import { TimeoutError, type WaitOptions } from '../ring/index.ts';
import type { TopicHandle } from './topic/topic-options.ts';

type News = { readonly ask: string } | { readonly topic: TopicHandle };

const channelOf = (bus: string) => new BroadcastChannel(`millrace.bus.${bus}`);

/**
 * Tells threads of the topics that were created after they had started: of each when it is created, and once more when somebody asks. The
 * creator's event loop has to come round for an answer. Does not keep the process alive.
 */
export class TopicNews {
  readonly #channel: BroadcastChannel;

  /** @param known the topics there are */
  constructor(bus: string, known: Readonly<Record<string, TopicHandle>>) {
    this.#channel = channelOf(bus);
    this.#channel.unref();
    this.#channel.onmessage = (event) => {
      const news = (event as { data: News }).data;
      const topic = 'ask' in news ? known[news.ask] : undefined;
      if (topic !== undefined) this.tell(topic);
    };
  }

  tell(topic: TopicHandle): void {
    this.#channel.postMessage({ topic } satisfies News);
  }

  close(): void {
    this.#channel.close();
  }
}

/** Waits until there is a topic of that name; rejects with `TimeoutError`, or the signal's reason. */
export function topicNews(bus: string, name: string, { timeout, signal }: WaitOptions): Promise<TopicHandle> {
  const channel = channelOf(bus);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: () => void = () => {};
  const found = new Promise<TopicHandle>((resolve, reject) => {
    channel.onmessage = (event) => {
      const news = (event as { data: News }).data;
      if ('topic' in news && news.topic.name === name) resolve(news.topic);
    };
    stop = () => reject(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    const giveUp = () => reject(new TimeoutError(`There was no topic '${name}' within ${timeout} ms.`));
    if (timeout !== undefined) timer = setTimeout(giveUp, timeout);
    channel.postMessage({ ask: name } satisfies News);
  });
  return found.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    channel.close();
  });
}
