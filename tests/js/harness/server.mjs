// @ts-check
/**
 * Serves one page per fixture on loopback, to look at the drawing without Django:
 *
 *     node tests/js/harness/server.mjs 18990      then open http://127.0.0.1:18990/endpoints
 *
 * The scripts are bundled into memory on each start; the CSP is the product's.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { huge, stress } from '../fixtures/make.mjs';
import { page } from './page.mjs';

const ROOT = new URL('../../../', import.meta.url);
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws:; object-src 'none'; base-uri 'self'";
const TYPES = /** @type {Record<string, string>} */ ({
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
});
const FONTS = [
  'inter/files/inter-latin-wght-normal.woff2',
  'jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2',
];
const FONTS_CSS = `@font-face{font-family:"Inter Variable";src:url(/font/0) format("woff2");font-weight:100 900}@font-face{font-family:"JetBrains Mono";src:url(/font/1) format("woff2")}`;

const { outputFiles } = await build({
  entryPoints: ['diagram', 'theme'].map((n) =>
    fileURLToPath(new URL(`static/js/pages/${n}.js`, ROOT)),
  ),
  bundle: true,
  splitting: true,
  format: 'esm',
  write: false,
  outdir: '/dist',
});
const scripts = new Map(outputFiles.map((f) => [f.path, f.text]));

/** @param {string} name */
const fixture = (name) => {
  if (name === 'stress') return stress();
  if (name === 'huge') return huge();
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));
};

/** @param {string} path @returns {{type: string, body: string|Buffer}|null} */
function answer(path) {
  const [, first = '', ...rest] = path.split('/');
  const name = rest.join('/');
  if (first === 'dist') return { type: 'text/javascript', body: scripts.get(path) ?? '' };
  if (first === 'fonts.css') return { type: 'text/css', body: FONTS_CSS };
  if (first === 'font') {
    const [pkg, file] = [
      ['@fontsource-variable', '@fontsource'][Number(name)],
      FONTS[Number(name)],
    ];
    return { type: 'font/woff2', body: readFileSync(new URL(`node_modules/${pkg}/${file}`, ROOT)) };
  }
  if (first === 'static')
    return {
      type: TYPES[extname(path)] ?? 'text/plain',
      body: readFileSync(new URL(`static/${name}`, ROOT)),
    };
  if (first === 'graph') return { type: 'application/json', body: JSON.stringify(fixture(name)) };
  if (first === 'c')
    return { type: 'text/html; charset=utf-8', body: '<p>A part the server renders.</p>' };
  if (first === 'search')
    return { type: 'application/json', body: JSON.stringify({ total: 0, results: [] }) };
  if (/^[\w-]+$/.test(first))
    return {
      type: 'text/html; charset=utf-8',
      body: page(first, first === 'stress' ? { title: 'stress', crumbs: [] } : fixture(first), {
        dist: '/dist',
        inline: true,
      }),
    };
  return null;
}

const server = createServer((request, response) => {
  try {
    const found = answer(new URL(request.url ?? '/', 'http://x').pathname);
    if (!found) throw new Error('not found');
    response.writeHead(200, { 'Content-Type': found.type, 'Content-Security-Policy': CSP });
    response.end(found.body);
  } catch (error) {
    response.writeHead(404).end(String(error));
  }
});
server.listen(Number(process.argv[2] ?? 18990), '127.0.0.1');
