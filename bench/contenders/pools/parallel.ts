import { f64, struct, u32, utf8 } from 'millrace/ring';
import * as workers from 'millrace/workers';
import type { Contender } from '../contender.ts';
import type { Item, Scored } from './work.ts';

/** What of `parallel()` is used here. */
type Parallel = (
  source: Iterable<Item>,
  module: URL,
  options: { readonly threads: number; readonly ordered: true; readonly in: unknown; readonly out: unknown },
) => AsyncIterable<Scored>;

/** It is looked for, because not every version of the library has it. */
const { parallel } = workers as { parallel?: Parallel };

const ITEM = struct({ id: u32, name: utf8(16), ts: f64 });
const SCORED = struct({ id: u32, score: f64 });

/** Starts its threads anew for every stream, which is part of what is measured. */
export const millraceParallel: Contender = {
  name: 'millrace-parallel',
  about: () => 'parallel(), ordered, structs in and out',
  does: ({ kind }) => kind === 'pool',
  missing: parallel === undefined ? 'this version of millrace has no parallel()' : undefined,
  pool: {
    open({ threads }) {
      const module = new URL('./work-thread.js', import.meta.url);
      return {
        async run(records, see) {
          const options = { threads, ordered: true, in: ITEM, out: SCORED } as const;
          for await (const result of (parallel as Parallel)(records, module, options)) see(result);
        },
        close() {},
      };
    },
  },
};
