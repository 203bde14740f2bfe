import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const page = new URL('../../../docs/testing.md', import.meta.url);

test('the example of docs/testing.md does what it says', async () => {
  const text = await readFile(page, 'utf8');
  const source = /```js\n([\s\S]*?)```/.exec(text)?.[1] as string;
  const body = source.replace(/^import .*$/gm, '');
  const { json } = await import('millrace/ring');
  const { testBus } = await import('millrace/testing');
  const run = new Function(
    'json',
    'testBus',
    `return (async () => { ${body}; return [atOnce, afterRetries, atLast]; })()`,
  );
  const said = [...source.matchAll(/= \[\.\.\.charged\]; \/\/ (\[.*\])/g)].map(([, list]) =>
    JSON.parse((list as string).replaceAll("'", '"')),
  );
  expect(await run(json, testBus)).toEqual(said);
});
