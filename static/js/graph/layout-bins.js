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
/** Between the columns beside the bins: room for a count on a curve. */
const GAP = 96;

/** How many bins stand side by side: about as many as rows, wider where there are many.
 * @param {number} count */
export const binColumns = (count) =>
  Math.max(1, Math.min(WIDEST, Math.ceil(Math.sqrt(count * 0.8))));

/** Groups by their keys. @param {import('../types.js').Group} a @param {import('../types.js').Group} b */
const byKey = (a, b) =>
  compareText(a.order ?? a.label, b.order ?? b.label) || compareText(a.id, b.id);

/**
 * A box of bins, its bins in rows, from its own corner.
 * @param {Node[]} nodes @param {number} across
 * @returns {{w: number, h: number, at: [string, Rect][]}}
 */
function binBox(nodes, across) {
  const columns = Math.min(across, Math.max(1, nodes.length));
  const rows = Math.max(1, Math.ceil(nodes.length / columns));
  const at = nodes.map((node, i) => {
    const x = BOX.pad + (i % columns) * (BIN.w + ROW_GAP);
    const y = BOX.head + Math.floor(i / columns) * (BIN.h + ROW_GAP);
    return /** @type {[string, Rect]} */ ([node.id, { x, y, w: BIN.w, h: BIN.h }]);
  });
  return {
    w: columns * (BIN.w + ROW_GAP) - ROW_GAP + 2 * BOX.pad,
    h: BOX.head + rows * (BIN.h + ROW_GAP) - ROW_GAP + BOX.pad,
    at,
  };
}

/**
 * The layout of a graph of bins: outer boxes hold boxes, which hold bins.
 * @param {Graph} graph
 * @returns {Layout}
 */
export function layoutBins(graph) {
  const first = graph.lanes[0]?.id ?? '';
  const groups = new Map(graph.groups.map((g) => [g.id, g]));
  const boxed = graph.groups.filter((g) => g.lane === first);
  const outer = boxed.filter((g) => !g.parent).sort(byKey);
  const across = binColumns(graph.nodes.filter((n) => n.lane === first).length);
  const widest = across * (BIN.w + ROW_GAP + 2 * BOX.pad);
  /** @type {Map<string, Rect>} */
  const cards = new Map();
  /** @type {import('../types.js').Box[]} */
  const boxes = [];
  let [top, right] = [TOP, LEFT + BIN.w];
  for (const around of outer) {
    const inner = boxed.filter((g) => g.parent === around.id).sort(byKey);
    let [x, y, rowHeight, width] = [BOX.pad, BOX.head, 0, 0];
    const place = boxes.length;
    for (const group of inner) {
      const nodes = graph.nodes.filter((n) => n.group === group.id).sort(byOrder);
      const { w, h, at } = binBox(nodes, across);
      if (x > BOX.pad && x + w > widest) [x, y, rowHeight] = [BOX.pad, y + rowHeight + ROW_GAP, 0];
      for (const [id, r] of at) cards.set(id, { ...r, x: LEFT + x + r.x, y: top + y + r.y });
      boxes.push({ id: group.id, x: LEFT + x, y: top + y, w, h });
      width = Math.max(width, x + w + BOX.pad);
      x += w + ROW_GAP;
      rowHeight = Math.max(rowHeight, h);
    }
    const h = y + rowHeight + BOX.pad;
    boxes.splice(place, 0, { id: around.id, x: LEFT, y: top, w: width, h });
    top += h + GROUP_GAP;
    right = Math.max(right, LEFT + width);
  }

  // A box is where its bins' lines start.
  const placed = new Map([...cards, ...boxes.map((b) => /** @type {const} */ ([b.id, b]))]);
  const links = linksOf(graph.edges.map((edge) => ({ ...edge, state: 'allow' })));
  const laneAt = new Map(
    graph.nodes.map((n) => [n.id, graph.lanes.findIndex((l) => l.id === n.lane)]),
  );
  for (const group of boxed) laneAt.set(group.id, 0);
  const wide = right - LEFT;
  let x = LEFT;
  const heads = graph.lanes.map((lane, i) => {
    const nodes = graph.nodes.filter((n) => n.lane === lane.id && !cards.has(n.id));
    const w = i === 0 && outer.length ? wide : laneWidth(nodes);
    const head = { ...lane, x, w };
    x += w + Math.max(GAP, laneGap(graph.edges, laneAt, i));
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
