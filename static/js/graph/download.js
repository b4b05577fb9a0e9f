// @ts-check
/** Saves an export as a file; loaded only when one is asked for. */
import { exportSvg } from './export.js';
import { fontFaces, parseRules, resolveStyle, symbolMarkup } from './export-style.js';
import { exportCsv, exportJson, exportMarkdown, exportMermaid } from './export-text.js';
import { shownTable } from './scene.js';

/** Browsers refuse larger bitmaps. */
const MOST_PIXELS = 8000;

/** @typedef {{graph: import('../types.js').Graph, layout: import('../types.js').Layout}} Picture */

/** How long fonts may take in a picture, and how often they are looked for, in milliseconds. */
const [FONTS_WAIT, FONTS_STEP] = [3000, 40];
/** The side of the square that one font is looked for in, in px. */
const CELL = 24;

/** The page's own style sheets with their addresses. */
function* pageSheets() {
  for (const sheet of document.styleSheets)
    if (sheet.href && new URL(sheet.href).origin === location.origin)
      yield { sheet, base: sheet.href };
}

/**
 * The drawing's rules, from the text of the sheets: the browser's own list of rules forgets a
 * `font: … var(--mono)` beside which one of its longhands is set.
 */
async function styleRules() {
  const texts = [...pageSheets()].map(async ({ base }) => {
    const answer = await fetch(base);
    return answer.ok ? answer.text() : '';
  });
  return parseRules((await Promise.all(texts)).join('\n'));
}

/** The fonts of Latin texts, which nearly all names are; those that cannot be read are left out.
 * @returns {Promise<import('./export-style.js').Font[]>} */
async function fonts() {
  const found = [];
  const rules = [...pageSheets()].flatMap(({ sheet, base }) =>
    [...sheet.cssRules].map((rule) => ({ rule, base })),
  );
  for (const { rule, base } of rules) {
    if (!(rule instanceof CSSFontFaceRule)) continue;
    const of = (/** @type {string} */ name) => rule.style.getPropertyValue(name);
    const address = /url\("?([^")]+)"?\)/.exec(of('src'))?.[1];
    if (!address || !/U\+0+-0*FF\b/i.test(of('unicode-range'))) continue;
    const answer = await fetch(new URL(address, base)).catch(() => null);
    if (!answer?.ok) continue;
    const family = of('font-family').replace(/"/g, '');
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    found.push({ family, weight: of('font-weight') || '400', data });
  }
  return found;
}

/** Markup of the sprite's symbols, from the page or from the sprite's address.
 * @param {string} icons */
async function symbols(icons) {
  const inline = icons === '';
  const source = inline
    ? document
    : new DOMParser().parseFromString(await (await fetch(icons)).text(), 'image/svg+xml');
  const writer = new XMLSerializer();
  return (/** @type {string} */ id) => {
    const symbol = source.getElementById(id);
    return symbol
      ? writer.serializeToString(symbol).replace(' xmlns="http://www.w3.org/2000/svg"', '')
      : '';
  };
}

/** @typedef {import('./export-style.js').Font} Font */

/** @param {Picture} picture @param {{icons: string, url: string}} from @param {Font[]} faces */
async function svgText({ graph, layout }, { icons, url }, faces) {
  const computed = getComputedStyle(document.documentElement);
  const token = (/** @type {string} */ name) => computed.getPropertyValue(name).trim();
  const symbol = await symbols(icons);
  const style = [fontFaces(faces), resolveStyle(await styleRules(), token)].join('\n');
  return exportSvg(graph, layout, {
    style,
    canvas: token('--canvas') || '#ffffff',
    symbol: (id) => symbolMarkup(symbol(id), token),
    url,
  });
}

/**
 * The picture with a strip below it that shows one letter of each font, and where the strip begins.
 * @param {string} svg @param {Font[]} faces
 */
function withLetters(svg, faces) {
  const [, width = '0', height = '0'] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  const foot = Number(height);
  const letters = faces.map(({ family, weight }, i) => {
    const font = `${weight.split(' ')[0]} 16px '${family}'`;
    return `<text x="${i * CELL + 4}" y="${foot + 18}" style="font: ${font}">M</text>`;
  });
  const tall = svg
    .replace(`height="${height}"`, `height="${foot + CELL}"`)
    .replace(`viewBox="0 0 ${width} ${height}"`, `viewBox="0 0 ${width} ${foot + CELL}"`)
    .replace(/<\/svg>\s*$/, `${letters.join('')}</svg>`);
  return { tall, width: Number(width), height: foot };
}

/** Waits until every letter below the picture is there: browsers load the fonts of a picture after
 * the picture, and leave its texts out till then.
 * @param {HTMLImageElement} image @param {number} top @param {number} letters */
async function lettersShown(image, top, letters) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.max(1, letters) * CELL, CELL];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  for (let waited = 0; context && waited < FONTS_WAIT; waited += FONTS_STEP) {
    context.clearRect(0, 0, canvas.width, CELL);
    context.drawImage(image, 0, top, canvas.width, CELL, 0, 0, canvas.width, CELL);
    const inked = (/** @type {unknown} */ _, /** @type {number} */ i) =>
      context.getImageData(i * CELL, 0, CELL, CELL).data.some((value, at) => at % 4 === 3 && value);
    if (Array.from({ length: letters }).every(inked)) return;
    await new Promise((done) => setTimeout(done, FONTS_STEP));
  }
}

/**
 * The picture as a bitmap. Its source is a `data:` address, which the page's policy lets images
 * have (`cluster/web/csp.py`); one made of a blob is refused.
 * @param {string} svg @param {number} scale @param {Font[]} faces @returns {Promise<Blob>}
 */
async function bitmap(svg, scale, faces) {
  const { tall, width, height } = withLetters(svg, faces);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(tall)}`;
  await image.decode();
  await lettersShown(image, height, faces.length);
  const fitted = Math.min(scale, MOST_PIXELS / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * fitted);
  canvas.height = Math.round(height * fitted);
  const [across, down] = [canvas.width, canvas.height];
  canvas.getContext('2d')?.drawImage(image, 0, 0, width, height, 0, 0, across, down);
  return await new Promise((done, fail) =>
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('no bitmap'))), 'image/png'),
  );
}

/** @param {string} name @param {Blob} blob */
function save(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Exports that are a picture. */
const PICTURES = new Set(['svg', 'png', 'png2']);
/** Exports that hold the table or the text. */
const TEXTS = new Set(['json', 'csv', 'markdown']);

/**
 * What an export needs besides the picture: `shown` is the graph that the page has, `whole` asks
 * for it with every row of its table, `filter` is what is found and hidden.
 * @typedef {import('../types.js').Graph} Graph
 * @typedef {object} From
 * @property {string} icons
 * @property {string} url
 * @property {Graph} [shown]
 * @property {() => Promise<Graph|null>} [whole]
 * @property {{q: string, hide: string}} [filter]
 */

/** A graph with its table as it is shown: every row of it and every item of the text, where the
 * page has a part of them.
 * @param {Graph} graph @param {From} from @returns {Promise<Graph>} */
async function told(graph, { shown = graph, whole, filter = { q: '', hide: '' } }) {
  const found = (shown.listed && (await whole?.())) || shown;
  const { text = [], rev, time } = found;
  return { ...graph, table: shownTable(found, filter) ?? null, text, rev, time };
}

/**
 * Downloads a view.
 * @param {string} kind svg, png, png2, json, csv, mermaid or markdown
 * @param {Picture} picture
 * @param {From} from
 */
export async function download(kind, picture, from) {
  const graph = TEXTS.has(kind) ? await told(picture.graph, from) : picture.graph;
  const name = `${graph.cluster}-${graph.title}-r${graph.rev}`
    .replace(/[^\w.-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const text = (/** @type {string} */ content, /** @type {string} */ type) =>
    new Blob([content], { type });
  const faces = PICTURES.has(kind) ? await fonts() : [];
  const svg = PICTURES.has(kind) ? await svgText(picture, from, faces) : '';
  switch (kind) {
    case 'svg':
      return save(`${name}.svg`, text(svg, 'image/svg+xml'));
    case 'png':
      return save(`${name}.png`, await bitmap(svg, 1, faces));
    case 'png2':
      return save(`${name}@2x.png`, await bitmap(svg, 2, faces));
    case 'json':
      return save(`${name}.json`, text(exportJson(graph, from.url), 'application/json'));
    case 'csv':
      return save(`${name}.csv`, text(exportCsv(graph), 'text/csv'));
    case 'mermaid':
      return save(`${name}.mmd`, text(exportMermaid(graph), 'text/plain'));
    case 'markdown':
      return save(`${name}.md`, text(exportMarkdown(graph, from.url), 'text/markdown'));
    default:
      throw new RangeError(`no export "${kind}"`);
  }
}
