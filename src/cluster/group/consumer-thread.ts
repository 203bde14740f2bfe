import {
  loadHandler,
  outcomeOf,
  type StageOutcome,
  type StageTask,
  StopControl,
} from '../../workers/index.ts';
import { systemClock } from '../clock.ts';
import { openBus } from '../memory-engine.ts';
import type { Message } from '../topic/message.ts';
import { Topic } from '../topic/topic.ts';
import { lingerOf } from './consume-options.ts';
import {
  type ConsumerCommand,
  type ConsumerThreadData,
  type Controllable,
  obey,
} from './consumer-threads.ts';
import { Group } from './group.ts';
import { Member } from './member.ts';
import { runMember, runShared } from './run-member.ts';

/** What runs in each thread of a consumer: a member of the group, with the handler module. */
export default function run(task: StageTask<ConsumerThreadData>): Promise<StageOutcome<unknown>> {
  return outcomeOf(() => readPartitions(task));
}

async function readPartitions({ data, control: port }: StageTask<ConsumerThreadData>): Promise<unknown> {
  const control = new StopControl(port);
  const { topic: handle, group: number, options, handler, thread, threads, commands } = data;
  const bus = openBus();
  const topic = Topic.open<unknown, unknown>(handle, undefined, bus);
  bus.adopt(topic); // Before the handler module can ask for it.
  const module = await loadHandler<Message<unknown>>(handler);
  const group = new Group<unknown, unknown>(topic, options.group, number);
  const deadLetter = options.deadLetter === undefined ? undefined : bus.topic(options.deadLetter);
  const context = { thread, threads, signal: control.signal };
  const start = { group, handler: module, context, control, options, deadLetter };
  const listen = (member: Controllable) => {
    for (const command of commands) obey(member, command);
    control.listen((command) => obey(member, command as ConsumerCommand));
  };
  if (options.ordering === 'none') return runShared(start, listen);
  const member = new Member(
    group,
    options,
    control,
    systemClock,
    { rebalanced: () => {} },
    lingerOf(options),
  );
  listen(member);
  return runMember(member, start);
}
