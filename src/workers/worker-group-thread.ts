import { open } from '../ring/index.ts';
import { consume, StopControl } from './consume.ts';
import { loadHandler } from './handler-module.ts';
import { outcomeOf, type StageOutcome, type StageTask } from './stage-threads.ts';
import type { WorkerGroupData } from './worker-group.ts';

/** What runs in each thread of a worker group: its share of the rings, with the handler module. */
export default function run(task: StageTask<WorkerGroupData>): Promise<StageOutcome<unknown>> {
  return outcomeOf(() => readRings(task));
}

async function readRings(task: StageTask<WorkerGroupData>): Promise<unknown> {
  const control = new StopControl(task.control);
  const { thread, threads, data } = task;
  const handler = await loadHandler<unknown>(data.handler);
  const context = { thread, threads, signal: control.signal };
  await handler.open?.(context);
  const readers = data.rings.map((handle) => open(handle).reader);
  try {
    await consume(
      readers.map((reader) => ({ reader, show: (view: unknown) => view })),
      handler,
      context,
      control,
    );
  } finally {
    for (const reader of readers) reader.detach();
  }
  return handler.close?.(context);
}
