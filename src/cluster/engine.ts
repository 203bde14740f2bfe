import type { Codec, WaitOptions } from '../ring/index.ts';
import type { Topic } from './topic/topic.ts';
import type { TopicHost, TopicOptions } from './topic/topic-options.ts';

// biome-ignore lint/suspicious/noExplicitAny: an engine carries messages of any type.
type Any = any;

/** What a bus runs on. */
export interface Engine {
  /** A new topic, or one that another thread has created. */
  topic(
    name: string,
    codec: Codec<Any, Any> | undefined,
    options: TopicOptions,
    host: TopicHost,
  ): Topic<Any, Any>;
  /** Resolves when `topic` will know this name, whoever creates it. Where there are no other threads there is nothing to wait for. */
  find?(name: string, options: WaitOptions): Promise<void>;
  close(): void;
}
