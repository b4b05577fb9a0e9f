// @ts-check
/**
 * What the drawer lists of an edge, which is no object itself: the two ends that it joins.
 *
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Edge} Edge
 */
import { gettext } from '../state/words.js';
import { html } from './icon.js';

/** The name of an end, as a link where it has a page.
 * @param {Node|undefined} node @param {string} name */
function end(node, name) {
  const text = node ? [node.overline ?? node.kind, name].join(' ') : name;
  if (!node?.href) return html('dd', '', text);
  const link = /** @type {HTMLAnchorElement} */ (html('a', 'objlink', text));
  link.href = node.href;
  return html('dd', '', link);
}

/**
 * @param {Edge} edge @param {(Node|undefined)[]} between the cards at its ends
 * @param {string[]} names what they are called
 */
export function edgeEnds(edge, between, names) {
  const rows = [gettext('From'), gettext('To')].flatMap((word, i) => [
    html('dt', '', word),
    end(between[i], names[i] ?? ''),
  ]);
  const said = [edge.label, edge.title].filter(Boolean).join(' · ');
  if (said) rows.push(html('dt', '', gettext('Line')), html('dd', '', said));
  return html('dl', 'kv', ...rows);
}
