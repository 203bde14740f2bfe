import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { laidOutAnyhow } from './program.ts';

/** A seeded bug of the explorer itself: one that makes it miss, or repeat, what the comparison with every schedule shows. */
export interface ExplorerMutant {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const EXPLORER_MUTANTS: readonly ExplorerMutant[] = [
  {
    name: 'reads are forgotten',
    file: 'causality.ts',
    from: 'for (const read of this.#readsSince.get(access >> 1) ?? []) found.add(read);',
    to: '{}',
  },
  {
    name: 'a write does not end the reads before it',
    file: 'causality.ts',
    from: 'this.#lastWrite.set(address, index);',
    to: 'if (!this.#lastWrite.has(address)) this.#lastWrite.set(address, index);',
  },
  {
    name: 'everything is in conflict with everything',
    file: 'causality.ts',
    from: 'x >> 1 === y >> 1 && ((x | y) & 1) === 1',
    to: 'true',
  },
  {
    name: 'nothing is in conflict with what sleeps',
    file: 'causality.ts',
    from: 'a.some(',
    to: 'a.length > 99 && a.some(',
  },
  {
    name: 'a wake-up orders nothing',
    file: 'causality.ts',
    from: 'if (waking) joinInto(clock, waking);',
    to: '',
  },
  {
    name: 'a join orders nothing',
    file: 'causality.ts',
    from: "if (op === 'join') joinInto(clock, this.#clocks[joined] as Int32Array);",
    to: '',
  },
  {
    name: 'clocks do not pass on what they have met',
    file: 'causality.ts',
    from: 'for (const index of near) joinInto(clock, this.#event(index).clock);',
    to: '',
  },
  {
    name: 'only the thread of the later event is asked for',
    file: 'dpor.ts',
    from: 'if (initials.some((thread) => wanted.has(thread))) return;',
    to: 'if (initials.length > 0) { if (initials.includes(this.#causality.events[later]?.thread as number)) wanted.add(this.#causality.events[later]?.thread as number); return; }',
  },
  {
    name: 'conflicts with the last event of a run are left out',
    file: 'dpor.ts',
    from: 'i < events.length; i++) {\n      for (const earlier',
    to: 'i < events.length - 1; i++) {\n      for (const earlier',
  },
  {
    name: 'only one action of a thread is tried',
    file: 'dpor.ts',
    from: 'place.wanted.has(threadOf(action)) && !isAsleep(place, action)',
    to: 'place.wanted.has(threadOf(action)) && !place.asleep.some((other) => threadOf(other.action) === threadOf(action))',
  },
  {
    name: 'sleepers stay asleep whatever happens',
    file: 'dpor.ts',
    from: '&& !conflict(touched, event.touched)',
    to: '',
  },
  {
    name: 'nothing is put to sleep',
    file: 'dpor.ts',
    from: 'const asleep = this.#stillAsleep();',
    to: 'const asleep: Sleeper[] = this.#stillAsleep().slice(99);',
  },
  {
    name: 'the footprint of a failed exchange is a write',
    file: 'atomic-step.ts',
    from: 'writes: swaps,',
    to: 'writes: true,',
  },
  {
    name: 'a notification that wakes somebody only reads',
    file: 'kernel.ts',
    from: '+ Number(woken.length + told.length > 0)',
    to: '',
  },
  {
    name: 'falling asleep only reads',
    file: 'kernel.ts',
    from: "if (words[index] !== a) return 'not-equal';\n    this.footprint.touched.push(2 * this.#queueOf(address) + 1);",
    to: "if (words[index] !== a) return 'not-equal';",
  },
];

/** A copy of the explorer with one bug in it. */
export async function withBug<T>(
  { file, from, to }: ExplorerMutant,
  use: (module: string) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-explorer-'));
  try {
    cpSync(fileURLToPath(new URL('.', import.meta.url)), directory, {
      recursive: true,
      filter: (path) => !path.includes('.test.') && !path.endsWith('scenarios'),
    });
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8');
    if (!laidOutAnyhow(from).test(text)) throw new Error(`${file} no longer contains: ${from}`);
    writeFileSync(
      path,
      text.replace(laidOutAnyhow(from), () => to),
    );
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
