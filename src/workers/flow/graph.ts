import { OptionError } from '../../ring/index.ts';
import type { StageSpec } from './flow.ts';

/** What the records of the source are called where stages say what they read. */
export const SOURCE = 'source';
/** As the number of a stage: the source. */
export const FEEDER = -1;

/** What one stage gives, or the source: a stream of frames that any number of stages read. */
export interface Stream {
  /** The number of the stage whose results these are, or `FEEDER`. */
  readonly writer: number;
  /** The numbers of the stages that read it. */
  readonly readers: readonly number[];
  /** Whether the caller takes it. */
  readonly isResult: boolean;
  /** Whether frames keep the order of the source. */
  readonly ordered: boolean;
  /** Whether each of the writer's threads has a part of every frame. */
  readonly divided: boolean;
  /**
   * Whether records are numbered anew here for the order in which they come out: where everything that comes out came by, and where
   * the writer has whole frames. Elsewhere a result has the number of the record that it was made from.
   */
  readonly numbers: boolean;
}

/**
 * Works out who reads what. A stage reads what the one before it gives, or what `from` names, or, with `after`, the same as
 * the stages named there. Names stand for stages declared earlier, so the graph has no cycle; the first stream is the
 * source's, and stream i + 1 is what stage i gives.
 *
 * Why nothing waits for itself: whoever reads in no order takes what comes from any of its lanes. Whoever reads in order reads one
 * stream only, so the ordered part of the graph is a tree: a frame at a stage waits for the stages named in `after`, which are earlier
 * ones, and for whoever reads their results, none of which waits for that stage in turn. The calling thread, where branches join
 * in order, takes everything as it comes and puts it in order itself.
 */
export function streamsOf(specs: readonly StageSpec[], results: readonly string[] | undefined): Stream[] {
  const inputs = specs.map((_, stage) => inputsOf(specs, stage));
  const ends = results === undefined ? [specs.length - 1] : results.map((name) => find(specs, name));
  const inOrder = orderOf(specs, inputs);
  const readersOf = (writer: number) => specs.flatMap((_, i) => (inputs[i]?.includes(writer) ? [i] : []));
  const streams = [FEEDER, ...specs.keys()].map((writer): Stream => {
    const readers = readersOf(writer);
    const ordered = writer === FEEDER ? inOrder.includes(true) : (inOrder[writer] as boolean);
    const { by, threads } = specs[writer] ?? { threads: 1 };
    const divided = ordered && by !== undefined && threads > 1;
    const isCommon = ends.every((end) => pathTo(end, inputs).includes(writer));
    const numbers = ordered && !divided && isCommon;
    return { writer, readers, isResult: ends.includes(writer), ordered, divided, numbers };
  });
  for (const [stage, spec] of specs.entries())
    check(spec, inputs[stage] as number[], streams, inOrder[stage]);
  return streams;
}

/** What a stage reads: numbers of stages, or `FEEDER`. */
function inputsOf(specs: readonly StageSpec[], stage: number): number[] {
  const { from, after, name } = specs[stage] as StageSpec;
  const before = specs.slice(0, stage);
  const own = from?.map((one) => find(before, one));
  const gates = (after ?? []).map((one) => inputsOf(specs, find(before, one, 'after')));
  const inputs = own ?? gates[0] ?? [stage - 1];
  const same = (other: number[]) => `${[...other].sort()}` === `${[...inputs].sort()}`;
  if (inputs.length > 0 && gates.every(same)) return inputs;
  throw new OptionError(
    own?.length === 0 ? 'from' : 'after',
    `${name} can only come after stages that read the same as it does: name what it reads in \`from\`.`,
  );
}

/** The number of an earlier stage. */
export function find(specs: readonly StageSpec[], name: string, option = 'from'): number {
  if (name === SOURCE && option === 'from') return FEEDER;
  const stage = specs.findIndex((spec) => spec.name === name);
  if (stage >= 0) return stage;
  const known = specs.map((spec) => `'${spec.name}'`).join(', ') || 'none';
  throw new OptionError(option, `There is no stage '${name}' that could be named here. There are: ${known}.`);
}

/** The stages that what comes out of a stage has come by, for one that reads one stream, as all before it. */
function pathTo(stage: number, inputs: readonly (readonly number[])[]): number[] {
  const [before] = inputs[stage] ?? [];
  return before === undefined ? [stage] : [...pathTo(before, inputs), stage];
}

/** Which stages keep the order: those that were asked to, and whatever comes before them. */
function orderOf(specs: readonly StageSpec[], inputs: readonly number[][]): boolean[] {
  const inOrder = specs.map((spec) => spec.ordered);
  for (let stage = specs.length - 1; stage > 0; stage--) {
    if (!inOrder[stage]) continue;
    for (const input of inputs[stage] as number[]) if (input !== FEEDER) inOrder[input] = true;
  }
  return inOrder;
}

function check(
  spec: StageSpec,
  inputs: readonly number[],
  streams: readonly Stream[],
  inOrder?: boolean,
): void {
  const { name, by, where } = spec;
  if (inputs.some((input) => input !== FEEDER) && [by, where].some((one) => typeof one === 'function')) {
    throw new OptionError(
      typeof by === 'function' ? 'by' : 'where',
      `${name} reads the results of another stage, in whose threads \`by\` and \`where\` are evaluated, ` +
        "where a function can't go: name fields.",
    );
  }
  if (!inOrder) return;
  if (inputs.length > 1) {
    throw new OptionError(
      'ordered',
      `${name} joins several streams, and so can't keep an order. Join them at the end: .to(sink, { from: […] }) does it in order.`,
    );
  }
  if (streams[(inputs[0] as number) + 1]?.divided) {
    throw new OptionError(
      'ordered',
      `${name} can't keep the order of a stage that divides records by key: the order is made whole again only at ` +
        'the end. Make the stage with `by` the last ordered one, or give it one thread.',
    );
  }
}
