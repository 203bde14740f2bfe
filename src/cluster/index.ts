export { Bus, createBus, memory, openBus } from './bus.ts';
export type { Engine } from './engine.ts';
export { TopicError } from './errors.ts';
export type { ConsumeOptions, Consumer } from './group/consumer.ts';
export type { Message, MessageCopy } from './topic/message.ts';
export { murmur2, partitionFor } from './topic/partitioner.ts';
export type { Headers } from './topic/record.ts';
export type { SendOptions, SendResult, Topic, TopicHandle, TopicOptions } from './topic/topic.ts';
