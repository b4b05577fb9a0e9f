// @ts-check
/**
 * A drawing as plain values: what to draw is decided once, then made into DOM for the page or
 * into text for the export. Nothing here knows what the drawing means.
 *
 * @typedef {{tag: string, attrs: Record<string, string>, kids: (SvgNode|string)[]}} SvgNode
 */

export const SVG_NS = 'http://www.w3.org/2000/svg';

/**
 * An element as a value. Members of `attrs` that are null, undefined or false are left out; true
 * gives an empty attribute. Children that are null or false are left out.
 * @param {string} tag
 * @param {Record<string, string|number|boolean|null|undefined>} [attrs]
 * @param {...(SvgNode|string|null|undefined|false)} kids
 * @returns {SvgNode}
 */
export function el(tag, attrs = {}, ...kids) {
  /** @type {Record<string, string>} */
  const kept = {};
  for (const [name, value] of Object.entries(attrs)) {
    if (value === null || value === undefined || value === false) continue;
    kept[name] = value === true ? '' : String(value);
  }
  return {
    tag,
    attrs: kept,
    kids: /** @type {(SvgNode|string)[]} */ (kids.filter((kid) => kid || kid === '')),
  };
}

/** A number with at most one decimal, the way drawings write coordinates.
 * @param {number} n */
export const r1 = (n) => Math.round(n * 10) / 10;

/**
 * Makes the DOM element of a value. Text becomes text nodes, never markup.
 * @param {SvgNode} node
 * @returns {SVGElement}
 */
export function toDom(node) {
  const dom = /** @type {SVGElement} */ (document.createElementNS(SVG_NS, node.tag));
  for (const name in node.attrs) dom.setAttribute(name, node.attrs[name] ?? '');
  for (const kid of node.kids) dom.append(typeof kid === 'string' ? kid : toDom(kid));
  return dom;
}

/** @type {Record<string, string>} */
const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text made safe for XML, without the characters XML 1.0 forbids.
 * @param {string} text */
export const escapeXml = (text) =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 does not allow them
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, (c) => ESCAPES[c] ?? c);

/**
 * The XML text of a value; equal values give equal text.
 * @param {SvgNode} node
 * @returns {string}
 */
export function toText(node) {
  const attrs = Object.entries(node.attrs)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('');
  if (node.kids.length === 0) return `<${node.tag}${attrs}/>`;
  const kids = node.kids.map((kid) => (typeof kid === 'string' ? escapeXml(kid) : toText(kid)));
  return `<${node.tag}${attrs}>${kids.join('')}</${node.tag}>`;
}
