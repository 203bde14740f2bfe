import { setEnvironmentData } from 'node:worker_threads';
import { createBus, memory, type OutgoingMessage, openBus } from 'millrace';
import type { Tick } from '../../payloads/tick.ts';
import type { Tally } from '../../payloads/verify.ts';
import type { TopicScenario } from '../../scenarios/index.ts';
import type { Contender, EndlessSource, RunningTopic } from '../contender.ts';
import { codecFor } from '../millrace-codecs.ts';
import { ringJob } from './flights.ts';
import { createSeen, TOPIC_TASK, type TopicTask, totalOf } from './topic-task.ts';

/** Messages of all partitions of a topic together: about 2 MiB. */
const CAPACITY = 2 ** 15;

/** A topic of the bus, read by groups of threads; a struct of seven fields, keyed by its symbol. */
export const millraceTopic: Contender = {
  name: 'millrace-topic',
  about: (scenario) =>
    scenario.kind === 'topic' ? `capacity ${capacityIn(scenario)} a partition` : 'a topic of 8 partitions',
  does: ({ kind }) => kind === 'topic' || kind === 'job',
  topic: { open, produce: (data, scenario, source) => producerOf(scenario)(data as string, source) },
  job: ringJob,
};

const capacityIn = ({ partitions }: TopicScenario): number => CAPACITY / partitions;

const tick = codecFor('tick', 'struct');

function open(scenario: TopicScenario): RunningTopic {
  const { producers, groups, threads, partitions } = scenario;
  const seen = createSeen(groups * threads);
  setEnvironmentData(TOPIC_TASK, { producers, seen } satisfies TopicTask);
  const bus = createBus(memory());
  const topic = bus.topic('bench', tick, { partitions, capacity: capacityIn(scenario) });
  // Shared work has no order, and every message of it is acknowledged by itself.
  const ordering = scenario.acks === 'messages' ? 'none' : 'partition';
  const handler = new URL('./topic-thread.js', import.meta.url);
  const consumers = Array.from({ length: groups }, (_, group) =>
    topic.consume({ group: `group-${group}`, threads, ordering }, handler),
  );
  return {
    data: topic.name,
    seen: () => totalOf(seen),
    async consumed() {
      await Promise.all(consumers.map((consumer) => consumer.close({ drain: true })));
      const results = await Promise.all(consumers.map((consumer) => consumer.results));
      await bus.close();
      return results as Tally[][];
    },
  };
}

const producerOf = ({ together }: TopicScenario) =>
  together === 1 ? produce : (name: string, source: EndlessSource) => produceTogether(name, together, source);

/** Messages between two looks at whether it is enough. */
const LOOK_EACH = 64;

function produce(name: string, { payload, producer, isOver }: EndlessSource): number {
  const topic = openBus().topic(name, tick);
  let sent = 0;
  while (sent % LOOK_EACH !== 0 || !isOver()) {
    const value = payload.make(producer, sent++) as Tick;
    topic.sendSync(value, { key: value.symbol });
  }
  return sent;
}

/** What is one call of others' producers, too: an array of messages, each with its key. */
function produceTogether(
  name: string,
  together: number,
  { payload, producer, isOver }: EndlessSource,
): number {
  const topic = openBus().topic(name, tick);
  let sent = 0;
  while (!isOver()) {
    const messages: OutgoingMessage<unknown>[] = [];
    while (messages.length < together) {
      const value = payload.make(producer, sent++) as Tick;
      messages.push({ value, key: value.symbol });
    }
    topic.sendAllSync(messages);
  }
  return sent;
}
