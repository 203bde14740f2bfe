import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// The explorer of interleavings takes longest by far, on one core: it begins first, beside the others, and not last, alone.
class LongestFirst extends BaseSequencer {
  async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    const explorer = others.filter(({ moduleId }) => moduleId.endsWith('test/interleave/interleave.test.ts'));
    return [...explorer, ...others.filter((file) => !explorer.includes(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    sequence: { sequencer: LongestFirst },
    // Of two cores the explorer takes one; what waits for threads of its own leaves room for another file.
    maxWorkers: 2,
    // What users run. Tests of the checks on views switch them on themselves.
    env: { NODE_ENV: 'production' },
  },
});
