import { describe, expect, test } from 'vitest';
import { loadContenders } from '../../bench/contenders/index.ts';
import { PLEDGES } from '../../bench/goals/pledges.ts';
import { tasksOf } from '../../bench/goals/tasks.ts';
import { isOrdinary, namesIn, tasksFor } from '../../bench/ordinary.ts';
import { SCENARIOS, scenarioNamed, threadsOf } from '../../bench/scenarios/index.ts';

const { contenders } = await loadContenders();
const names = SCENARIOS.map(({ name }) => name);

describe('scenarios', () => {
  test('have names of their own', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(SCENARIOS)('$name has somebody who does it, a title and a drawing', (scenario) => {
    expect(contenders.filter((contender) => contender.does(scenario)).length).toBeGreaterThan(0);
    expect(scenario.title.length).toBeGreaterThan(10);
    expect(scenario.drawing.length).toBeGreaterThan(10);
    expect(threadsOf(scenario)).toBeGreaterThan(0);
  });

  test('come back from JSON as they were, because results hold them', () => {
    expect(JSON.parse(JSON.stringify(SCENARIOS))).toEqual(SCENARIOS);
  });
});

describe('contenders', () => {
  test('have names of their own', () => {
    const all = contenders.map(({ name }) => name);
    expect(new Set(all).size).toBe(all.length);
  });

  test.each(contenders)('$name does something, and has a driver for all that it does', (contender) => {
    const done = SCENARIOS.filter((scenario) => contender.does(scenario));
    expect(done.length).toBeGreaterThan(0);
    for (const scenario of done) expect(driverFor(scenario.kind, contender), scenario.name).toBeDefined();
  });
});

type Contender = (typeof contenders)[number];

function driverFor(kind: (typeof SCENARIOS)[number]['kind'], contender: Contender): unknown {
  if (contender.round !== undefined) return contender.round;
  if (kind === 'round-trip') return contender.roundTrip;
  if (kind === 'one-thread') return contender.oneThread;
  if (kind === 'pool' || kind === 'topic' || kind === 'job') return contender[kind];
  return contender.flow;
}

describe('pledges', () => {
  test.each(PLEDGES)('$title: the scenarios exist', ({ ours, against }) => {
    expect(names).toContain(ours.scenario);
    if ('scenario' in against) expect(names).toContain(against.scenario);
  });

  test('are checked with nobody who is in none of them', () => {
    const pledged = new Set(
      PLEDGES.flatMap(({ ours, against }) => [
        ours.contender,
        ...('contender' in against ? [against.contender] : []),
        ...('bestOf' in against ? against.bestOf : []),
      ]),
    );
    const tasks = tasksOf(PLEDGES, contenders);
    expect(tasks.length).toBeGreaterThan(10);
    for (const task of tasks) for (const { name } of task.contenders) expect(pledged).toContain(name);
  });
});

describe('an ordinary run', () => {
  const scenarios = SCENARIOS.filter(isOrdinary);

  test.each(scenarios)('$name: everybody who is named does it, and ours is there', (scenario) => {
    for (const name of namesIn(scenario)) {
      const contender = contenders.find((one) => one.name === name);
      if (contender !== undefined) expect(contender.does(scenario), name).toBe(true);
    }
    expect(namesIn(scenario).some((name) => name.startsWith('millrace'))).toBe(true);
  });

  test('has every scenario about which something is promised, with all whom the promises name', () => {
    for (const { scenario, contenders: pledged } of tasksOf(PLEDGES, contenders))
      for (const { name } of pledged) {
        // Of several rivals the best counts; the others never are.
        if (['postMessage-100', 'BroadcastChannel', 'receiveMessageOnPort'].includes(name)) continue;
        expect(namesIn(scenario), scenario.name).toContain(name);
      }
  });

  test('leaves out who is not here, and what was not asked for', () => {
    const ours = contenders.filter(({ name }) => name === 'millrace-spsc');
    const tasks = tasksFor({ contenders: ours }, contenders);
    expect(tasks.length).toBeGreaterThan(10);
    for (const task of tasks) expect(task.contenders).toEqual(ours);
    expect(tasksFor({}, ours).every((task) => task.contenders.length === 1)).toBe(true);
  });

  test('has everybody in a scenario that was asked for by name', () => {
    const number = scenarioNamed('number-2p1c');
    const [task] = tasksFor({ scenarios: [number] }, contenders);
    expect(task?.contenders).toEqual(contenders.filter((contender) => contender.does(number)));
  });
});
