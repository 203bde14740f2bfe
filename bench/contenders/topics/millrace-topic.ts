import { setEnvironmentData } from 'node:worker_threads';
import { createBus, memory, openBus } from 'millrace';
import type { Tick } from '../../payloads/tick.ts';
import type { TopicScenario } from '../../scenarios/index.ts';
import type { Consumed, Contender, RunningTopic, Source } from '../contender.ts';
import { codecFor } from '../millrace-codecs.ts';
import { ringJob } from './flights.ts';
import { PRODUCERS } from './topic-producers.ts';

/** Phases of a round, which is more than there ever are: a thread finds the topics that were there when it started. */
const PHASES = 24;
/** Messages of all partitions of a topic together: about 2 MiB. */
const CAPACITY = 2 ** 15;

/** A topic of the bus, read by groups of threads; a struct of seven fields, keyed by its symbol. */
export const millraceTopic: Contender = {
  name: 'millrace-topic',
  about: (scenario) =>
    scenario.kind === 'topic' ? `capacity ${capacityIn(scenario)} a partition` : 'a topic of 8 partitions',
  does: ({ kind }) => kind === 'topic' || kind === 'job',
  topic: { open, produce: (data, _scenario, source) => produce(data as string, source) },
  job: ringJob,
};

const capacityIn = ({ partitions }: TopicScenario): number => CAPACITY / partitions;

const tick = codecFor('tick', 'struct');

function open(scenario: TopicScenario): RunningTopic {
  setEnvironmentData(PRODUCERS, scenario.producers);
  const bus = createBus(memory());
  const options = { partitions: scenario.partitions, capacity: capacityIn(scenario) };
  const topics = Array.from({ length: PHASES }, (_, phase) => bus.topic(`phase-${phase}`, tick, options));
  return {
    connect() {
      const topic = topics.shift();
      if (topic === undefined) throw new Error(`There are more than ${PHASES} phases.`);
      const handler = new URL('./topic-thread.js', import.meta.url);
      const consumers = Array.from({ length: scenario.groups }, (_, group) =>
        topic.consume({ group: `group-${group}`, threads: scenario.threads }, handler),
      );
      return {
        producers: Array.from({ length: scenario.producers }, () => ({ data: topic.name })),
        async consumed() {
          await Promise.all(consumers.map((consumer) => consumer.close({ drain: true })));
          return (await Promise.all(consumers.map(({ results }) => results))) as Consumed[][];
        },
      };
    },
    close: () => bus.close(),
  };
}

function produce(name: string, { payload, producer, count }: Source): void {
  const topic = openBus().topic(name, tick);
  for (let i = 0; i < count; i++) {
    const value = payload.make(producer, i) as Tick;
    topic.sendSync(value, { key: value.symbol });
  }
}
