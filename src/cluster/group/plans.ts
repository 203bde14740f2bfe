import { areaWords, type GroupMemory, PLAN } from './group-memory.ts';

const GENERATION_SHIFT = 8;

export interface Plan {
  /** The plan word: differs from plan to plan. */
  readonly word: number;
  /** The member for each partition, 0 for nobody. */
  readonly targets: readonly number[];
}

/**
 * A group's plans in shared memory: the plan word names the area in which the plan in force is written. The argument is the second point
 * of `coordinator.ts`.
 */
export class Plans {
  readonly #memory: GroupMemory;

  constructor(memory: GroupMemory) {
    this.#memory = memory;
  }

  get word(): number {
    return Atomics.load(this.#memory.words, this.#memory.group(PLAN));
  }

  /** Counts the plans. */
  get generation(): number {
    return this.word >>> GENERATION_SHIFT;
  }

  /** The plan in force. */
  read(): Plan {
    const memory = this.#memory;
    for (;;) {
      const { word } = this; // 2.
      const area = memory.area(word);
      const targets = Array.from({ length: memory.partitions }, (_, partition) => {
        const packed = Atomics.load(memory.words, area + (partition >> 2));
        return (packed >>> (8 * (partition & 3))) & 0xff;
      });
      if (this.word === word) return { word, targets };
    }
  }

  /** Puts a plan in the place of another one, by the thread with this seat; `false` when somebody else has done so meanwhile. */
  publish(seat: number, current: Plan, targets: readonly number[]): boolean {
    const { words } = this.#memory;
    const area = areaFor(seat, current.word);
    this.#write(this.#memory.area(area), targets); // 2.
    const next = (((current.word >>> GENERATION_SHIFT) + 1) << GENERATION_SHIFT) | area | 0;
    return Atomics.compareExchange(words, this.#memory.group(PLAN), current.word, next) === current.word;
  }

  #write(area: number, targets: readonly number[]): void {
    for (let word = 0; word < areaWords(targets.length); word++) {
      let packed = 0;
      for (let i = 0; i < 4; i++) packed |= (targets[4 * word + i] ?? 0) << (8 * i);
      Atomics.store(this.#memory.words, area + word, packed);
    }
  }
}

/** One of the seat's two areas: the one that is not published. */
function areaFor(seat: number, published: number): number {
  const first = seat << 1;
  return (published & 0xff) === first ? first | 1 : first;
}
