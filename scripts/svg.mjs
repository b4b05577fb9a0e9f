// Draw a view as an SVG document without a browser, by the modules the pages draw with.
// Usage: node scripts/svg.mjs < REQUEST > SVG
//
// REQUEST is JSON: {"graph": docs/graph.md, "url": "...", "theme": "light"|"dark"}. The same request
// gives the same bytes. Style sheets, tokens and icons are read from static/, fonts from their
// packages.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { exportSvg } from '../static/js/graph/export.js';
import {
  fontFaces,
  parseRules,
  resolveStyle,
  rootTokens,
  symbolMarkup,
} from '../static/js/graph/export-style.js';
import { layoutGraph } from '../static/js/graph/layout.js';
import { FONTS, fontFile } from './fonts.mjs';

const root = fileURLToPath(new URL('../static', import.meta.url));

/** Style sheets that draw nothing: the admin's, what pages without scripts hide, and the list of all. */
const NOT_DRAWN = new Set(['admin.css', 'netviz.css', 'noscript.css', 'tokens.css']);

/** @param {string} name relative to static/ */
const read = (name) => readFileSync(path.join(root, name), 'utf8');

/** The text of every style sheet a drawing may use: as the pages load them, then the others by name. */
function sheets() {
  const imports = read('css/netviz.css').matchAll(/@import url\("([\w-]+\.css)"\)/g);
  const loaded = [...imports].map(([, name = '']) => name);
  const names = readdirSync(path.join(root, 'css'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.css') && !NOT_DRAWN.has(name))
    .sort();
  const first = loaded.filter((name) => names.includes(name));
  const last = names.filter((name) => !first.includes(name));
  return [...first, ...last].map((name) => read(path.join('css', name))).join('\n');
}

/** The fonts of Latin texts. @returns {import('../static/js/graph/export-style.js').Font[]} */
const fonts = () =>
  FONTS.flatMap((font) =>
    font.weights.map(([suffix, weight]) => ({
      family: font.family,
      weight,
      data: readFileSync(fontFile(font, 'latin', suffix), 'base64'),
    })),
  );

/** @param {string} theme @returns {import('../static/js/graph/export.js').Look} */
function lookOf(theme, url = '') {
  const tokens = rootTokens(read('css/tokens.css'), theme);
  const token = (/** @type {string} */ name) => tokens.get(name) ?? '';
  const sprite = read('icons/icons.svg');
  const symbols = new Map(
    [...sprite.matchAll(/<symbol id="([^"]+)".*?<\/symbol>/gs)].map((m) => [m[1], m[0]]),
  );
  return {
    style: [fontFaces(fonts()), resolveStyle(parseRules(sheets()), token)].join('\n'),
    canvas: token('--canvas') || '#ffffff',
    symbol: (id) => symbolMarkup(symbols.get(id) ?? '', token),
    url,
  };
}

const { graph, url, theme } = JSON.parse(await text(process.stdin));
process.stdout.write(exportSvg(graph, await layoutGraph(graph), lookOf(theme, url)));
