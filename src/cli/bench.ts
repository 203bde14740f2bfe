/** Built from `bench/`, which is no layer of the library: nothing but this command knows of it. */
const SUITE = new URL('../bench/main.js', import.meta.url);

interface Suite {
  main(args: readonly string[]): Promise<void>;
}

/** `millrace bench`: the benchmark suite. */
export async function bench(args: readonly string[]): Promise<void> {
  const { main } = (await import(SUITE.href)) as Suite;
  await main(args);
}
