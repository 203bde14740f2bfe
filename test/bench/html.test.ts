import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The compiled report, as `millrace bench` writes it: it brings the script of its page along, compiled too. */
const { htmlReport } = (await import(
  new URL('../../dist/bench/report/html.js', import.meta.url).href
)) as typeof import('../../bench/report/html.ts');

import { pictureOf } from '../../bench/report/picture.ts';
import { results } from './results.ts';

const CHROMIUM = '/usr/bin/chromium';
const FOLDER = fileURLToPath(new URL('../../build/', import.meta.url));
const REPORT = `${FOLDER}test-report.html`;
const PICTURE = `${FOLDER}test-picture.svg`;
const present = existsSync(CHROMIUM);

if (!present) process.stderr.write(`The report is not opened in a browser: there is no ${CHROMIUM}.\n`);

mkdirSync(FOLDER, { recursive: true });
writeFileSync(REPORT, htmlReport(results));
writeFileSync(PICTURE, pictureOf(results));

test('the report needs no other file and names no other place', () => {
  const html = readFileSync(REPORT, 'utf8');
  expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)=/);
  expect(html).toContain('Chart.js v');
});

test('what a contender says does not become part of the page', () => {
  const [scenario] = results.scenarios;
  if (scenario === undefined) throw new Error('There is no scenario.');
  const evil = '</script><script>alert(1)</script>';
  const series = [{ contender: 'evil', about: evil, rounds: [{ ok: false, reason: evil } as const] }];
  const html = htmlReport({ ...results, scenarios: [{ ...scenario, series }] });
  expect(html).not.toContain('<script>alert');
});

describe.skipIf(!present)('in headless Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  });
  afterAll(() => browser?.close());

  test.each(['light', 'dark'] as const)('every plot is drawn, %s', async (colorScheme) => {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1100, height: 900 } });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(pathToFileURL(REPORT).href);
    const drawn = await page.$$eval('canvas', (canvases) =>
      canvases.map((canvas) => {
        const { width, height } = canvas;
        const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data;
        return new Set(pixels).size;
      }),
    );
    await page.screenshot({ path: `${FOLDER}test-report-${colorScheme}.png`, fullPage: true });
    await page.close();
    expect(errors).toEqual([]);
    expect(drawn.length).toBe(5);
    for (const colours of drawn) expect(colours).toBeGreaterThan(5);
  });

  test('a narrow window scrolls tables and plots, not the page', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    await page.goto(pathToFileURL(REPORT).href);
    const [whole, window] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [
      number,
      number,
    ];
    await page.close();
    expect(whole).toBeLessThanOrEqual(window);
  });

  test('the picture has all its words and bars within itself', async () => {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(PICTURE).href);
    const outside = await page.evaluate(`(() => {
      const whole = document.documentElement.getBoundingClientRect();
      return [...document.querySelectorAll('text, rect, path')]
        .filter((part) => {
          const { left, right, bottom } = part.getBoundingClientRect();
          return left < whole.left || right > whole.right || bottom > whole.bottom;
        })
        .map((part) => part.textContent);
    })()`);
    await page.close();
    expect(outside).toEqual([]);
  });

  test('the button turns light into dark', async () => {
    const page = await browser.newPage({ colorScheme: 'light' });
    await page.goto(pathToFileURL(REPORT).href);
    const scheme = () => page.evaluate('getComputedStyle(document.documentElement).colorScheme');
    expect(await scheme()).toBe('light');
    await page.click('#theme');
    expect(await scheme()).toBe('dark');
    await page.close();
  });
});
