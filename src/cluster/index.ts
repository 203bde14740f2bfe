export { Bus, createBus } from './bus.ts';
export type { CallOptions } from './call/inbox.ts';
export { type DeadLetterInfo, deadLetterOf } from './delivery/dead-letter.ts';
export type { DedupOptions } from './delivery/dedup-table.ts';
export type { DelayOptions } from './delivery/delay-store.ts';
export { StaleProducerError } from './delivery/producer-table.ts';
export type { RetryOptions } from './delivery/retry-policy.ts';
export type { Schedule } from './delivery/schedule.ts';
export type { RateOptions } from './delivery/token-bucket.ts';
export type { Engine } from './engine.ts';
export { StaleMemberError, TopicError } from './errors.ts';
export { type Assignor, type AssignorName, assignorOf } from './group/assignor.ts';
export type { ConsumeOptions } from './group/consume-options.ts';
export type { BatchConsumer, Consumer, ConsumerEvents } from './group/consumer.ts';
export type { GroupLag, GroupStall, WatchOptions } from './group/group-watch.ts';
export type { MessageBatch } from './group/message-batch.ts';
export { memory, openBus } from './memory-engine.ts';
export type { TelemetryEvent } from './telemetry.ts';
export type { BrowseOptions } from './topic/browse.ts';
export type { Scheduled, When } from './topic/delayed.ts';
export type { LatencyMetrics } from './topic/latency-metrics.ts';
export type { Message, MessageCopy } from './topic/message.ts';
export type { GroupMetrics, GroupPartitionMetrics, PartitionMetrics, TopicMetrics } from './topic/metrics.ts';
export { murmur2, partitionFor } from './topic/partitioner.ts';
export type { CustomPartitioner, PartitionedMessage, Partitioner } from './topic/partitioning.ts';
export type { Position } from './topic/position.ts';
export type { Producer, ProducerSendOptions } from './topic/producer.ts';
export { type GroupRates, type PartitionRates, ratesBetween, type TopicRates } from './topic/rates.ts';
export type { Headers } from './topic/record.ts';
export type { RedriveOptions } from './topic/redrive.ts';
export type { Retention, RetentionLimits } from './topic/retention.ts';
export type { Topic } from './topic/topic.ts';
export type {
  OutgoingMessage,
  SendOptions,
  SendResult,
  TopicHandle,
  TopicOptions,
} from './topic/topic-options.ts';
