import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;

function sources(folder: string): { path: string; text: string; code: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(root, folder, path), 'utf8');
      return { path: join(folder, path), text, code: withoutComments(text) };
    });
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '');
}

function importsOf(code: string): string[] {
  return [...code.matchAll(/from '([^']+)'/g)].map((match) => match[1] as string);
}

describe('the sources', () => {
  test('name Atomics in one file of the ring only', () => {
    const naming = sources('src/ring').filter(({ code }) => /\bAtomics\./.test(code));
    expect(naming.map(({ path }) => path)).toEqual(['src/ring/atomics.ts']);
  });

  test('of the ring import nothing but each other, and one package that needs nothing of Node', () => {
    for (const { path, code } of sources('src/ring')) {
      const foreign = importsOf(code).filter((name) => !/^\.\.?\//.test(name));
      expect(foreign, path).toEqual(path === 'src/ring/codec/msgpack.ts' ? ['msgpackr/pack'] : []);
    }
  });

  test.each([
    ['workers', ['ring']],
    ['cluster', ['ring', 'workers']],
  ])('of %s import lower layers through their index only', (layer, lower) => {
    for (const { path, code } of sources(`src/${layer}`)) {
      for (const name of importsOf(code).filter((n) => n.startsWith('.'))) {
        const target = join(path, '..', name);
        if (target.startsWith(`src/${layer}/`)) continue;
        expect(
          lower.map((other) => `src/${other}/index.ts`),
          path,
        ).toContain(target);
      }
    }
  });

  test('export names one by one', () => {
    for (const { path, code } of sources('src')) expect(code, path).not.toMatch(/export \*/);
  });

  test('have no file for odds and ends', () => {
    for (const { path } of sources('src')) expect(path).not.toMatch(/(utils|helpers|common|types)\.ts$/);
  });

  test('have no line too long to read', () => {
    for (const { path, text } of sources('src')) {
      for (const line of text.split('\n')) expect(line.length, `${path}: ${line}`).toBeLessThanOrEqual(140);
    }
  });
});
