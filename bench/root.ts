import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the package, however deep below it this file was compiled to. */
export const ROOT: string = rootAbove(new URL('.', import.meta.url));

function rootAbove(folder: URL): string {
  return existsSync(new URL('package.json', folder))
    ? fileURLToPath(folder)
    : rootAbove(new URL('..', folder));
}
