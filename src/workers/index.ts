export { consume, type Source, StopControl } from './consume.ts';
export { HandlerModuleError, PoisonError, ThreadDiedError } from './errors.ts';
export type { By } from './flow/key.ts';
export type { Where } from './flow/mark.ts';
export type { DeadLetter, DeadLetterSink, OnError } from './flow/policy.ts';
export type { Slow } from './flow/slow-watch.ts';
export type { Source as RecordSource } from './flow/source.ts';
export type { Stall } from './flow/stall-watch.ts';
export { guard, type Repairable } from './guard.ts';
export { type HandlerContext, type HandlerModule, loadHandler } from './handler-module.ts';
export { Parallel, type ParallelOptions, parallel, type StageOptions } from './parallel/parallel.ts';
export {
  Pipeline,
  type Progress,
  pipeline,
  RunnablePipeline,
  type RunOptions,
  type ViaOptions,
} from './pipeline/pipeline.ts';
export type { Sink } from './pipeline/sink.ts';
export type { StageSummary, Summary } from './pipeline/summary.ts';
export { type CallOptions, Service, type ServiceOptions, service } from './service/service.ts';
export {
  outcomeOf,
  type StageOutcome,
  type StageTask,
  StageThreads,
  type StageThreadsOptions,
  type StopMode,
} from './stage-threads.ts';
export { toReadable, toReadableStream, toWritable, toWritableStream } from './streams.ts';
export { deal, WorkerGroup, type WorkerGroupOptions } from './worker-group.ts';
