export { consume, type Source, StopControl } from './consume.ts';
export { HandlerModuleError, ThreadDiedError } from './errors.ts';
export { type HandlerContext, type HandlerModule, loadHandler } from './handler-module.ts';
export { type StageTask, type StopMode, WorkerGroup, type WorkerGroupOptions } from './worker-group.ts';
