// @ts-check
/** Saves an export as a file; loaded only when one is asked for. */
import { exportSvg } from './export.js';
import { fontFaces, resolveStyle, symbolMarkup } from './export-style.js';
import { exportCsv, exportJson, exportMarkdown, exportMermaid } from './export-text.js';
import { shownTable } from './scene.js';

/** Browsers refuse larger bitmaps. */
const MOST_PIXELS = 8000;

/** @typedef {{graph: import('../types.js').Graph, layout: import('../types.js').Layout}} Picture */

/** Every rule of the page's own style sheets, with the address of its sheet. */
function* pageRules() {
  for (const sheet of document.styleSheets) {
    if (sheet.href && new URL(sheet.href).origin !== location.origin) continue;
    for (const rule of sheet.cssRules) yield { rule, base: sheet.href ?? location.href };
  }
}

/** The drawing's rules. */
function styleRules() {
  const rules = [];
  for (const { rule } of pageRules())
    if (rule instanceof CSSStyleRule)
      rules.push({ selector: rule.selectorText, body: rule.style.cssText });
  return rules;
}

/** The fonts of Latin texts, which nearly all names are; those that cannot be read are left out.
 * @returns {Promise<import('./export-style.js').Font[]>} */
async function fonts() {
  const found = [];
  for (const { rule, base } of pageRules()) {
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

/** @param {Picture} picture @param {{icons: string, url: string}} from */
async function svgText({ graph, layout }, { icons, url }) {
  const computed = getComputedStyle(document.documentElement);
  const token = (/** @type {string} */ name) => computed.getPropertyValue(name).trim();
  const symbol = await symbols(icons);
  const style = [fontFaces(await fonts()), resolveStyle(styleRules(), token)].join('\n');
  return exportSvg(graph, layout, {
    style,
    canvas: token('--canvas') || '#ffffff',
    symbol: (id) => symbolMarkup(symbol(id), token),
    url,
  });
}

/**
 * The picture as a bitmap. Its source is a `data:` address, which the page's policy lets images
 * have (`cluster/web/csp.py`); one made of a blob is refused.
 * @param {string} svg @param {number} scale @returns {Promise<Blob>}
 */
async function bitmap(svg, scale) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const fitted = Math.min(scale, MOST_PIXELS / Math.max(image.width, image.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.width * fitted);
  canvas.height = Math.round(image.height * fitted);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
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
  switch (kind) {
    case 'svg':
      return save(`${name}.svg`, text(await svgText(picture, from), 'image/svg+xml'));
    case 'png':
      return save(`${name}.png`, await bitmap(await svgText(picture, from), 1));
    case 'png2':
      return save(`${name}@2x.png`, await bitmap(await svgText(picture, from), 2));
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
