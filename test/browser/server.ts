import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const root = new URL('../../', import.meta.url).pathname;

/** Where the addresses of the site lead to. */
const FOLDERS: Readonly<Record<string, string>> = {
  dist: join(root, 'dist'),
  msgpackr: join(root, 'node_modules/msgpackr'),
  pages: join(root, 'test/browser/pages'),
};

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.html': 'text/html' };

/** Cross-origin isolation, without which there is no shared memory, and a policy that forbids generated code. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'self'",
};

/** Serves the built library and the test pages on localhost. */
export async function startServer(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', 'http://localhost').pathname, response).catch(() => {
      response.writeHead(404, HEADERS).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}` };
}

async function answer(path: string, response: ServerResponse): Promise<void> {
  const [, folder = '', ...rest] = path.split('/');
  const base = FOLDERS[folder];
  if (base === undefined) throw new Error(`nothing at ${path}`);
  const file = normalize(join(base, ...rest));
  if (!file.startsWith(base)) throw new Error(`nothing at ${path}`);
  const text = await readFile(file, 'utf8');
  response.writeHead(200, { ...HEADERS, 'Content-Type': TYPES[extname(file)] ?? 'text/plain' });
  response.end(resolved(text));
}

/** What a bundler does, or an import map where there is one, which workers do not have. */
function resolved(text: string): string {
  return text.replaceAll("'msgpackr/pack'", "'/msgpackr/pack.js'");
}
