// @ts-check
/**
 * The face of a card that is a text: a file with a word before each value, or a numbered list with
 * what came of each entry. Values only, like `card.js`.
 */
import { gettext } from '../state/words.js';
import { columns, ending, LISTING, middle, verdictClass } from './measure.js';
import { el, r1 } from './svgnode.js';

/** @typedef {import('./svgnode.js').SvgNode} SvgNode */
/** @typedef {import('../types.js').ListingLine} ListingLine */

/** Where values begin: after the word, after the number. */
const X = { key: 14, value: 92, mark: 23, entry: 42 };
/** Width of a character of the small mono type. */
const MONO = 6.35;

/** @param {ListingLine} line @param {number} y @param {string} icons @param {number} w
 * @returns {SvgNode[]} */
function entry(line, y, icons, w) {
  const tone = verdictClass(line.state);
  const quiet = line.state === 'skip' ? ' is-quiet' : '';
  const end = line.end ?? '';
  const right = w - (line.state ? 34 : 14);
  const room = Math.floor((right - columns(end) * MONO - 12 - X.entry) / MONO);
  return /** @type {SvgNode[]} */ (
    [
      el(
        'g',
        { class: `nv-mark ${tone}${quiet}`, transform: `translate(${X.mark} ${r1(y - 4)})` },
        el('circle', { r: 8 }),
        el('text', { y: 3.6 }, line.mark ?? ''),
      ),
      el('text', { class: `nv-mono${quiet}`, x: X.entry, y }, middle(line.text, room)),
      end && el('text', { class: `nv-mono is-end${quiet}`, x: right, y }, end),
      line.state &&
        el('use', {
          class: `nv-status ${tone}`,
          href: `${icons}#st-${line.state}`,
          x: w - 27,
          y: r1(y - 11),
          width: 14,
          height: 14,
        }),
    ].filter(Boolean)
  );
}

/** @param {ListingLine} line @param {number} y @param {number} w @returns {SvgNode[]} */
function pair(line, y, w) {
  const x = line.key === undefined ? X.key : X.value;
  const text = ending(line.text, Math.floor((w - x - 10) / MONO));
  return /** @type {SvgNode[]} */ (
    [
      line.key && el('text', { class: 'nv-mono is-key', x: X.key, y }, line.key),
      el('text', { class: 'nv-mono', x, y }, text),
    ].filter(Boolean)
  );
}

/**
 * @param {import('../types.js').Node} node @param {string} icons @param {number} w
 * @returns {SvgNode[]}
 */
export function listingFace(node, icons, w) {
  const all = node.listing ?? [];
  const lines =
    all.length > LISTING.most + 1
      ? [
          ...all.slice(0, LISTING.most),
          { text: gettext('and %(count)s more', { count: all.length - LISTING.most }) },
        ]
      : all;
  const title = node.overline ?? node.kind;
  const variant = node.variant
    ? ` · ${ending(node.variant, Math.floor((w - 60) / 6.7) - columns(title) - 3)}`
    : '';
  return /** @type {SvgNode[]} */ (
    [
      el(
        'text',
        { class: 'nv-card__over', x: X.key, y: 21 },
        el('tspan', { class: 'kind' }, title),
        variant,
      ),
      node.state &&
        el('use', {
          class: `nv-status ${verdictClass(node.state)}`,
          href: `${icons}#st-${node.state}`,
          x: w - 27,
          y: 9,
          width: 15,
          height: 15,
        }),
      ...lines.flatMap((line, i) => {
        const y = LISTING.head + i * LISTING.line + 14;
        return line.mark === undefined ? pair(line, y, w) : entry(line, y, icons, w);
      }),
    ].filter(Boolean)
  );
}
