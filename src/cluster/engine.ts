import type { Codec } from '../ring/index.ts';
import type { Consumer } from './group/consumer.ts';
import type { Topic, TopicOptions } from './topic/topic.ts';

// biome-ignore lint/suspicious/noExplicitAny: an engine carries messages of any type.
type Any = any;

/** What a bus runs on. */
export interface Engine {
  /** A new topic, or one that another thread has created. `onConsumer` is told of every consumer that is started. */
  topic(
    name: string,
    codec: Codec<Any, Any> | undefined,
    options: TopicOptions,
    onConsumer: (consumer: Consumer) => void,
  ): Topic<Any, Any>;
  close(): void;
}
