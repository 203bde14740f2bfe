import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from './server.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const installed = existsSync(executablePath);
if (!installed) {
  console.warn(
    `Browser tests are skipped: no ${executablePath}. Install chromium, or set CHROMIUM to its path.`,
  );
}

describe.skipIf(!installed)('in Chromium, on an isolated page that may not generate code', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    const started = await startServer();
    server = started.server;
    browser = await chromium.launch({
      executablePath,
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${started.url}/pages/index.html`);
    await page.waitForFunction("'scenarios' in globalThis");
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** From a timer, because what the debugger itself evaluates is exempt from the page's policy. */
  const run = (scenario: string) =>
    page.evaluate(`new Promise((resolve) => setTimeout(resolve)).then(scenarios.${scenario})`);

  test('the page is what it is said to be', async () => {
    expect(await run('policy')).toEqual({ isolated: true, generates: false });
  });

  test.each([
    ['mainAndWorker', 'the main thread awaits, a worker blocks, structs go there and back'],
    ['workerAndWorker', 'two workers block, in rings of four messages'],
    ['audioWorklet', 'an audio thread polls samples, none missing'],
  ])('%s: %s', async (scenario) => {
    const { right, sent } = (await run(scenario)) as { right: number; sent: number };
    expect(right).toBe(sent);
  });

  test('msgpack works, and clone says that it cannot', async () => {
    const same = JSON.stringify([1, ['a', 'é'.repeat(100)], [1, 2], new Date(5)]);
    expect(await run('codecs')).toEqual({ same, refused: 'MILLRACE_UNSUPPORTED' });
  });

  test('nothing went wrong unseen', () => {
    expect(problems).toEqual([]);
  });
});
