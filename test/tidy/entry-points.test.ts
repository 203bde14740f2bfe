import { expect, test } from 'vitest';

/** What users can import. A name that appears or goes is a change of the public API: say so in the changelog. */
test.each([
  ['millrace'],
  ['millrace/ring'],
  ['millrace/workers'],
  ['millrace/cluster'],
  ['millrace/testing'],
])(
  '%s exports these names',
  async (entry) => {
    const names = Object.keys(await import(entry)).sort();
    expect(names).toMatchSnapshot();
  },
  120_000,
);
