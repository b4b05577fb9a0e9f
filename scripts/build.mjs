// Bundle the dashboard's scripts, style sheet and fonts into static/dist, which is not committed.
// Usage: node scripts/build.mjs [FOLDER]    (another folder than static/dist; it is emptied)
//
// Entries: static/js/pages/*.js, one per page, and static/js/workers/*.js become ES modules that
// share chunks; static/js/theme.js becomes a classic script, since it runs before the first paint.
// Styles: static/css/netviz.css with all that it imports becomes one sheet, one request.
// Fonts: the Latin subsets of Inter and JetBrains Mono with a style sheet, fonts.css.
// Chunks carry a hash of their content in their names; entries get theirs from collectstatic.

import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { FONTS, fontFile, fontFolder } from './fonts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.resolve(root, process.argv[2] ?? 'static/dist');

const SUBSETS = ['latin', 'latin-ext'];

/**
 * The scripts of a folder, none when there is no such folder.
 * @param {string} folder relative to the checkout
 * @returns {Promise<string[]>} absolute paths, sorted
 */
async function scriptsIn(folder) {
  const directory = path.join(root, folder);
  const names = await readdir(directory).catch(() => /** @type {string[]} */ ([]));
  return names
    .filter((name) => name.endsWith('.js') && !name.endsWith('.test.js'))
    .sort()
    .map((name) => path.join(directory, name));
}

// d3-zoom's own transitions are not used (static/js/graph/viewport.js), so they are not bundled.
const noTransition = path.join(root, 'static/js/graph/no-transition.js');

/** What d3-zoom and d3-drag ask of a selection; the rest of d3-selection is not bundled. */
const ASKED = 'constructor selection filter call node each style property datum on'.split(' ');

/**
 * Leaves the methods of a selection that nothing here calls out of d3-selection. They hang on one
 * prototype, so a bundler cannot tell that they are unused, and are a tenth of a first view.
 * @type {esbuild.Plugin}
 */
const lessSelection = {
  name: 'less-selection',
  setup(build) {
    build.onLoad({ filter: /d3-selection\.mjs$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const [head, methods = '', tail] = text.split(
        /(?<=Selection\.prototype = selection\.prototype = \{\n)([^}]+)(?=\};)/,
      );
      const kept = methods
        .split('\n')
        .filter((line) => ASKED.includes(line.trim().split(':')[0] ?? ''));
      if (kept.length !== ASKED.length)
        throw new Error(`d3-selection is written otherwise: ${file}`);
      return { contents: [head, ...kept, tail].join('\n'), loader: 'js' };
    });
  },
};

/** @type {esbuild.BuildOptions} */
const shared = {
  bundle: true,
  minify: true,
  target: ['es2022'],
  outdir: dist,
  legalComments: 'linked',
  sourcemap: false,
  logLevel: 'warning',
};

/** Bundle every page, worker and the theme script. */
async function bundleScripts() {
  const modules = [
    ...(await scriptsIn('static/js/pages')),
    ...(await scriptsIn('static/js/workers')),
  ];
  if (modules.length > 0) {
    await esbuild.build({
      ...shared,
      entryPoints: modules,
      entryNames: '[name]',
      chunkNames: 'chunk-[hash]',
      format: 'esm',
      splitting: true,
      alias: { 'd3-transition': noTransition, 'd3-interpolate': noTransition },
      plugins: [lessSelection],
    });
  }
  const theme = (await scriptsIn('static/js')).filter((file) => path.basename(file) === 'theme.js');
  if (theme.length > 0) {
    await esbuild.build({ ...shared, entryPoints: theme, entryNames: '[name]', format: 'iife' });
  }
  return modules.length + theme.length;
}

/** Bundle the style sheet that every page loads. */
const bundleStyles = () =>
  esbuild.build({ ...shared, entryPoints: [path.join(root, 'static/css/netviz.css')] });

/** Copy the fonts and write the style sheet that declares them. */
async function copyFonts() {
  const rules = [];
  await mkdir(path.join(dist, 'fonts'), { recursive: true });
  for (const font of FONTS) {
    const ranges = JSON.parse(await readFile(path.join(fontFolder(font), 'unicode.json'), 'utf8'));
    for (const subset of SUBSETS) {
      for (const [suffix, weight] of font.weights) {
        const source = fontFile(font, subset, suffix);
        const file = path.basename(source);
        await cp(source, path.join(dist, 'fonts', file));
        rules.push(
          `@font-face {\n  font-family: "${font.family}";\n  font-style: normal;\n` +
            `  font-weight: ${weight};\n  font-display: swap;\n` +
            `  src: url("fonts/${file}") format("woff2");\n` +
            `  unicode-range: ${ranges[subset]};\n}\n`,
        );
      }
    }
  }
  await writeFile(path.join(dist, 'fonts.css'), rules.join(''));
  return rules.length;
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const scripts = await bundleScripts();
await bundleStyles();
const fonts = await copyFonts();
console.log(`${path.relative(root, dist)}: ${scripts} scripts, ${fonts} fonts`);
