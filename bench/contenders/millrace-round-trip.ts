import type { RingHandle } from 'millrace/ring';
import { type RoundTripDriver, STOP } from './contender.ts';
import { capacityIn, type Make, openAs, waitIn } from './millrace.ts';

interface Pair {
  readonly out: RingHandle;
  readonly back: RingHandle;
}

/** Two rings, one each way. */
export function roundTripDriver(make: Make): RoundTripDriver {
  return {
    connect(scenario) {
      const options = { capacity: capacityIn(scenario), wait: waitIn(scenario) };
      const there = make('number', options).handle;
      const back = make('number', options).handle;
      return { near: { data: { out: there, back } }, far: { data: { out: back, back: there } } };
    },
    ping: (data, scenario, next) =>
      scenario.waiting === 'async' ? pingAsync(data, next) : pingSync(data, next),
    echo(data) {
      const { writer, reader } = endsOf(data);
      for (;;) {
        const value = reader.takeSync();
        writer.putSync(value);
        if (value === STOP) return;
      }
    },
  };
}

function endsOf(data: unknown) {
  const { out, back } = data as Pair;
  return { writer: openAs('number', out).writer, reader: openAs('number', back).reader };
}

function pingSync(data: unknown, next: (answer: number) => number): void {
  const { writer, reader } = endsOf(data);
  for (let answer = 0; answer !== STOP; ) {
    writer.putSync(next(answer));
    answer = reader.takeSync() as number;
  }
}

async function pingAsync(data: unknown, next: (answer: number) => number): Promise<void> {
  const { writer, reader } = endsOf(data);
  for (let answer = 0; answer !== STOP; ) {
    await writer.put(next(answer));
    answer = (await reader.take()) as number;
  }
}
