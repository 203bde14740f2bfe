import {
  loadHandler,
  outcomeOf,
  type StageOutcome,
  type StageTask,
  StopControl,
} from '../../workers/index.ts';
import type { Message } from '../topic/message.ts';
import { Topic } from '../topic/topic.ts';
import { type ConsumerThreadData, consumePartitions } from './consumer.ts';

/** What runs in each thread of a consumer: its share of the partitions, with the handler module. */
export default function run(task: StageTask<ConsumerThreadData>): Promise<StageOutcome<unknown>> {
  return outcomeOf(() => readPartitions(task));
}

async function readPartitions(task: StageTask<ConsumerThreadData>): Promise<unknown> {
  const control = new StopControl(task.control);
  const { topic: handle, group, partitions, handler } = task.data;
  const module = await loadHandler<Message<unknown>>(handler);
  const topic = Topic.open<unknown, unknown>(handle, undefined, () => {});
  return consumePartitions(topic, group, partitions, module, task, control);
}
