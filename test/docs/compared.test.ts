import { expect, test } from 'vitest';
import { runProgram } from '../workers/child.ts';
import { programsOf } from './snippets.ts';

const programs = programsOf('docs/compared.md');

const SYSTEMS = [
  'java.util.concurrent.BlockingQueue',
  'Python queue.Queue',
  'Kafka',
  'RabbitMQ',
  'ActiveMQ',
  'RocketMQ',
  'SQS',
  'Pub/Sub',
  'Service Bus',
];

test('every system has a section with a program', () => {
  expect(programs.map(({ section }) => section)).toEqual(SYSTEMS);
});

test.each(programs)('the program for $section prints what it says', { timeout: 30_000 }, async (program) => {
  expect(program.prints).not.toBe('');
  const outcome = await runProgram(program.main, [], 20_000);
  expect(outcome).toMatchObject({ stderr: '', stdout: program.prints, code: 0, hung: false });
});
