// @ts-check
/**
 * The tiles layout of the cluster level: one tile per namespace on a grid of twelve columns, its
 * area by the number of Pods in four steps, largest first, "other (n)" last. Pure, deterministic.
 */
import { compareText, extent } from './layout-lanes.js';
import { CARD, LEFT } from './measure.js';

/**
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Layout} Layout
 */

/** Cells of the grid, in px; gaps are wide enough for edges to be seen between tiles. */
const CELL = { w: 96, h: 76, gap: 14, columns: 12 };

/** Columns and rows a tile spans, by its share of the largest: about as its square root. */
const SMALLEST = { share: 0, cols: 3, rows: 1 };
const STEPS = [
  { share: 0.6, cols: 6, rows: 3 },
  { share: 0.25, cols: 3, rows: 3 },
  { share: 0.05, cols: 4, rows: 2 },
  SMALLEST,
];

/** Nothing under this many Pods takes more than a small tile. */
const SMALL = 20;

/** @param {Node} node @param {number} largest */
function spanOf(node, largest) {
  const size = node.size ?? 0;
  const share = largest > 0 ? size / largest : 0;
  const step = STEPS.find((s) => share >= s.share) ?? SMALLEST;
  return size < SMALL || isRest(node) ? SMALLEST : step;
}

/** Whether a tile stands for the namespaces left out.
 * @param {Node} node */
const isRest = (node) => (node.count ?? 1) > 1;

/** @param {Node} a @param {Node} b */
const largestFirst = (a, b) =>
  Number(isRest(a)) - Number(isRest(b)) ||
  (b.size ?? 0) - (a.size ?? 0) ||
  compareText(a.order ?? a.name, b.order ?? b.name) ||
  compareText(a.id, b.id);

/**
 * The layout of a graph's nodes as tiles.
 * @param {Pick<import('../types.js').Graph, 'nodes'>} graph
 * @returns {Layout}
 */
export function layoutTiles(graph) {
  const nodes = [...graph.nodes].sort(largestFirst);
  const largest = Math.max(0, ...nodes.filter((n) => !isRest(n)).map((n) => n.size ?? 0));
  /** @type {boolean[][]} */
  const taken = [];
  const isFree = (
    /** @type {number} */ col,
    /** @type {number} */ row,
    /** @type {{cols: number, rows: number}} */ span,
  ) => {
    if (col + span.cols > CELL.columns) return false;
    for (let r = row; r < row + span.rows; r++)
      for (let c = col; c < col + span.cols; c++) if (taken[r]?.[c]) return false;
    return true;
  };
  /** @type {Map<string, import('../types.js').Rect>} */
  const cards = new Map();
  let firstFree = 0;
  for (const node of nodes) {
    const span = spanOf(node, largest);
    let [col, row] = [0, firstFree];
    while (!isFree(col, row, span)) {
      col++;
      if (col + span.cols > CELL.columns) [col, row] = [0, row + 1];
    }
    for (let r = row; r < row + span.rows; r++) {
      const line = taken[r] ?? [];
      taken[r] = line;
      for (let c = col; c < col + span.cols; c++) line[c] = true;
    }
    while (taken[firstFree]?.filter(Boolean).length === CELL.columns) firstFree++;
    const [x, y] = [LEFT + col * (CELL.w + CELL.gap), LEFT + row * (CELL.h + CELL.gap)];
    const w = span.cols * CELL.w + (span.cols - 1) * CELL.gap;
    const h = span.rows * CELL.h + (span.rows - 1) * CELL.gap;
    // What is no namespace is drawn as a card in its cell; lines leave from the card.
    const isTile = node.kind === 'Namespace';
    cards.set(node.id, isTile ? { x, y, w, h } : { x, y, w: CARD.w, h: CARD.h });
  }
  return { cards, boxes: [], lanes: [], tiles: true, ...extent(cards, []) };
}
