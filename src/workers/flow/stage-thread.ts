import { type Codec, codecFromSpec } from '../../ring/index.ts';
import { StopControl } from '../consume.ts';
import { loadHandler } from '../handler-module.ts';
import { outcomeOf, type StageOutcome, type StageTask } from '../stage-threads.ts';
import { Inlet } from './inlet.ts';
import { Journal } from './journal.ts';
import { openLane, placeAt } from './lane.ts';
import { Outlet } from './outlet.ts';
import { PauseWord } from './pause-word.ts';
import type { StageData } from './stage.ts';
import { StageRun } from './stage-run.ts';
import { signalOf } from './stop-word.ts';

/** What runs in each thread of a stage, from the module's `open` to its `close`. */
export default function run(task: StageTask<StageData>): Promise<StageOutcome<unknown>> {
  return outcomeOf(() => runStage(task));
}

async function runStage({ data, thread, threads, control }: StageTask<StageData>): Promise<unknown> {
  const words = new StopControl(control);
  const signal = signalOf(words, data.stop);
  const module = await loadHandler<unknown>(data.module);
  const context = { thread, threads, stage: data.name, signal, state: {} };
  await module.open?.(context);
  const journal = new Journal(data.journal);
  const inlet = new Inlet(
    data.inlet.map((handle) => placeAt(openLane(handle), handle)),
    data.turns,
    journal,
  );
  const lanes = data.outlet.map(openLane);
  const spec = data.outlet[0]?.ring.codec['of'] as Parameters<typeof codecFromSpec>[0];
  const codec = codecFromSpec(spec) as Codec<unknown, unknown>;
  const outlet = new Outlet(lanes, codec, data.recordBytesMax, data.routing, journal);
  try {
    journal.ready = true;
    const pause = new PauseWord(data.pause);
    const run = new StageRun(inlet, outlet, journal, module, context, data.options, {
      pause,
      control: words,
    });
    await run.run();
    if (!signal.aborted) outlet.close();
  } finally {
    inlet.detach();
    outlet.detach();
  }
  return module.close?.(context);
}
