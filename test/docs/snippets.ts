import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** The programs that a page shows, one for each section that has any. */
export interface ShownProgram {
  readonly section: string;
  readonly main: URL;
  /** What the lines `// prints: …` say that it prints. */
  readonly prints: string;
}

interface Section {
  readonly title: string;
  readonly files: Map<string, string>;
}

/**
 * Writes down the programs of a page of `docs/`. The ```js blocks of a section make one module, in their order; a block ```js name.js is
 * a file beside it.
 */
export function programsOf(page: string): ShownProgram[] {
  const text = readFileSync(new URL(page, root), 'utf8');
  return sectionsOf(text)
    .filter(({ files }) => files.has('main.js'))
    .map((section, number) => writeProgram(section, new URL(`build/${page}/${number}/`, root)));
}

function sectionsOf(text: string): Section[] {
  return text.split(/^## /m).map((part) => {
    const files = new Map<string, string>();
    for (const [, name = 'main.js', code = ''] of part.matchAll(/^```js(?: (\S+))?\n(.*?)^```$/gms)) {
      files.set(name, (files.get(name) ?? '') + code);
    }
    return { title: part.slice(0, part.indexOf('\n')), files };
  });
}

function writeProgram({ title, files }: Section, folder: URL): ShownProgram {
  mkdirSync(folder, { recursive: true });
  for (const [name, code] of files) writeFileSync(new URL(name, folder), code);
  const code = files.get('main.js') as string;
  const prints = [...code.matchAll(/\/\/ prints: (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
  return { section: title, main: new URL('main.js', folder), prints };
}
