// @ts-check
/**
 * The bins layout: boxes of bins in rows at the left, stacked, then a column per lane beside them,
 * each card near what it is linked with; boxes count as cards there. Pure, deterministic.
 *
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Rect} Rect
 * @typedef {import('../types.js').Graph} Graph
 * @typedef {import('../types.js').Layout} Layout
 */
import { known } from '../state/known.js';
import { placeBeside } from './layout-bands.js';
import { byOrder, compareText, extent, laneGap, laneWidth, linksOf } from './layout-lanes.js';
import { BIN, BOX, GROUP_GAP, LEFT, ROW_GAP, TOP } from './measure.js';

/** The most bins side by side. */
const WIDEST = 5;

/** How many bins stand side by side: about as many as rows, wider where there are many.
 * @param {number} count in the largest box */
export const binColumns = (count) =>
  Math.max(1, Math.min(WIDEST, Math.ceil(Math.sqrt(count * 0.8))));

/**
 * The layout of a graph of bins.
 * @param {Graph} graph
 * @returns {Layout}
 */
export function layoutBins(graph) {
  const first = graph.lanes[0]?.id ?? '';
  const groups = new Map(graph.groups.map((g) => [g.id, g]));
  const boxed = graph.groups
    .filter((g) => g.lane === first)
    .sort((a, b) => compareText(a.order ?? a.label, b.order ?? b.label) || compareText(a.id, b.id));
  const lists = boxed.map((g) => graph.nodes.filter((n) => n.group === g.id).sort(byOrder));
  const across = binColumns(Math.max(1, ...lists.map((l) => l.length)));
  const inner = across * BIN.w + (across - 1) * ROW_GAP;
  /** @type {Map<string, Rect>} */
  const cards = new Map();
  /** @type {import('../types.js').Box[]} */
  const boxes = [];
  const left = LEFT + BOX.pad;
  let y = TOP;
  boxed.forEach((group, g) => {
    const list = known(lists[g]);
    list.forEach((node, i) => {
      const [column, row] = [i % across, Math.floor(i / across)];
      const x = left + column * (BIN.w + ROW_GAP);
      cards.set(node.id, { x, y: y + BOX.head + row * (BIN.h + ROW_GAP), w: BIN.w, h: BIN.h });
    });
    const rows = Math.max(1, Math.ceil(list.length / across));
    const h = BOX.head + rows * (BIN.h + ROW_GAP) - ROW_GAP + BOX.pad;
    boxes.push({ id: group.id, x: LEFT, y, w: inner + 2 * BOX.pad, h });
    y += h + GROUP_GAP;
  });

  // A box is where its bins' lines start.
  const placed = new Map([...cards, ...boxes.map((b) => /** @type {const} */ ([b.id, b]))]);
  const links = linksOf(graph.edges);
  const laneAt = new Map(
    graph.nodes.map((n) => [n.id, graph.lanes.findIndex((l) => l.id === n.lane)]),
  );
  for (const group of boxed) laneAt.set(group.id, 0);
  let x = LEFT;
  const heads = graph.lanes.map((lane, i) => {
    const nodes = graph.nodes.filter((n) => n.lane === lane.id && !cards.has(n.id));
    const w = i === 0 && boxed.length ? inner + 2 * BOX.pad : laneWidth(nodes);
    const head = { ...lane, x, w };
    x += w + Math.max(56, laneGap(graph.edges, laneAt, i));
    if (nodes.length) {
      placeBeside(nodes, head, TOP, links, placed, groups, boxes, lane.id);
      for (const node of nodes) cards.set(node.id, known(placed.get(node.id)));
    }
    return head;
  });
  return {
    cards,
    boxes,
    lanes: heads,
    ...extent(cards, [...boxes, ...heads.map((h) => ({ x: h.x, y: 0, w: h.w, h: TOP }))]),
  };
}
