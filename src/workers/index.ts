export { consume, type Source, StopControl } from './consume.ts';
export { HandlerModuleError, ThreadDiedError } from './errors.ts';
export { guard, type Repairable } from './guard.ts';
export { type HandlerContext, type HandlerModule, loadHandler } from './handler-module.ts';
export {
  outcomeOf,
  type StageOutcome,
  type StageTask,
  StageThreads,
  type StageThreadsOptions,
  type StopMode,
} from './stage-threads.ts';
export { deal, WorkerGroup, type WorkerGroupOptions } from './worker-group.ts';
