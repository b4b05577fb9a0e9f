// @ts-check
/**
 * Tiny pictures of diagrams: cards as blocks, edges as lines, drawn from the graph that the diagram
 * itself would draw. Each is fetched after the page has come to rest, one after the other.
 */
import { layoutGraph } from '../graph/layout.js';
import { kindClass } from '../graph/measure.js';
import { el, r1, toDom } from '../graph/svgnode.js';

/** Cards beyond these are no picture any more. */
const MOST_CARDS = 400;

/** @typedef {import('../types.js').Graph} Graph */

/** Draws the pictures of a strip. @param {Iterable<HTMLElement>} places each with `data-preview` */
export async function startPreviews(places) {
  for (const place of places) {
    const graph = await graphAt(place.dataset.preview ?? '');
    if (graph) place.replaceChildren(preview(graph));
    place.classList.add(graph ? 'is-drawn' : 'is-empty');
  }
}

/** @param {string} address @returns {Promise<Graph|null>} */
async function graphAt(address) {
  try {
    const response = await fetch(address, { headers: { Accept: 'application/json' } });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** @param {Graph} graph */
function preview(graph) {
  const layout = layoutGraph(graph);
  const [w, h] = [Math.max(1, layout.width), Math.max(1, layout.height)];
  const middle = (/** @type {string} */ id, /** @type {number} */ side) => {
    const rect = layout.cards.get(id);
    return rect ? [r1(rect.x + rect.w * side), r1(rect.y + rect.h / 2)] : null;
  };
  const shapes = [];
  for (const { from, to, state } of graph.edges) {
    const [a, b] = [middle(from, 1), middle(to, 0)];
    if (!a || !b) continue;
    const bend = r1(((a[0] ?? 0) + (b[0] ?? 0)) / 2);
    const d = `M${a[0]} ${a[1]}C${bend} ${a[1]} ${bend} ${b[1]} ${b[0]} ${b[1]}`;
    shapes.push(el('path', { class: `pre__edge is-${state}`, d }));
  }
  for (const node of graph.nodes.slice(0, MOST_CARDS)) {
    const rect = layout.cards.get(node.id);
    if (!rect) continue;
    const paint = kindClass(node.paint).replace('k-', 'c-');
    shapes.push(
      el('rect', {
        class: `pre__card ${paint}`,
        x: r1(rect.x),
        y: r1(rect.y),
        width: r1(rect.w),
        height: r1(rect.h),
        rx: 12,
      }),
    );
  }
  return toDom(
    el('svg', { class: 'pre', viewBox: `0 0 ${r1(w)} ${r1(h)}`, 'aria-hidden': 'true' }, ...shapes),
  );
}
