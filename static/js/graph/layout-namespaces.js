// @ts-check
/**
 * The namespaces layout: a box per namespace with lanes of its own inside, boxes in columns, and
 * what belongs to no namespace (the internet, address blocks, nodes) in columns at the sides.
 * Pure and deterministic.
 *
 * The namespace a view is of stands first; the others are stacked to its right. Without one, the
 * boxes flow into as many columns as make the drawing about as wide as a screen, those that
 * traffic from outside enters first, so that it crosses no others.
 *
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Rect} Rect
 * @typedef {import('../types.js').Layout} Layout
 * @typedef {import('../types.js').Graph} Graph
 *
 * @typedef {object} Block one namespace, laid out inside
 * @property {string} id
 * @property {Layout} inner
 * @property {number} w
 * @property {number} h
 */
import { byOrder, compareText, extent, layoutLanes, settle } from './layout-lanes.js';
import { cardSize, LEFT, notesHeight, ROW_GAP } from './measure.js';

const NS = { pad: 16, head: 56, foot: 20, gapX: 128, gapY: 56, top: 40, least: 240 };
/** Rows stand apart while there are few of them, so that edges between them can be told apart. */
const ROOMY = { few: 6, fewGap: 36, some: 12, someGap: 22 };
/** Width over height of the space a map usually has. */
const ASPECT = 1.9;

/**
 * The namespace group a node stands in, through its parents, or null.
 * @param {{group?: string|null}} node
 * @param {Map<string, import('../types.js').Group>} groups
 */
export function namespaceOf(node, groups) {
  let group = node.group ? groups.get(node.group) : undefined;
  for (let depth = 0; group && depth < 8; depth++) {
    if (group.kind === 'namespace') return group.id;
    group = group.parent ? groups.get(group.parent) : undefined;
  }
  return null;
}

/** @param {Graph} graph @param {Node[]} nodes @param {string} id @returns {Block} */
function blockOf(graph, nodes, id) {
  const ids = new Set(nodes.map((n) => n.id));
  const used = new Set(nodes.map((n) => n.lane));
  const most = Math.max(0, ...[...used].map((lane) => nodes.filter((n) => n.lane === lane).length));
  const inner = layoutLanes(
    {
      lanes: graph.lanes.filter((l) => used.has(l.id)),
      nodes,
      edges: graph.edges.filter((e) => ids.has(e.from) && ids.has(e.to)),
      groups: graph.groups.filter((g) => g.kind !== 'namespace'),
    },
    {
      left: 0,
      top: 0,
      rowGap: most <= ROOMY.few ? ROOMY.fewGap : most <= ROOMY.some ? ROOMY.someGap : ROW_GAP,
    },
  );
  const w = Math.max(NS.least, inner.width - LEFT + 2 * NS.pad + 4);
  const h = nodes.length ? inner.height - LEFT + NS.head + NS.foot : NS.head + NS.foot;
  return { id, inner, w, h };
}

/** Blocks in as many columns as come nearest to the aspect of a screen, kept in order.
 * @param {Block[]} blocks @returns {Block[][]} */
function flow(blocks) {
  /** @type {{columns: Block[][], miss: number}|null} */
  let best = null;
  const total = blocks.reduce((sum, b) => sum + b.h + NS.gapY, 0);
  for (let count = 1; count <= Math.min(blocks.length, 12); count++) {
    /** @type {Block[]} */
    let column = [];
    const columns = [column];
    let filled = 0;
    for (const block of blocks) {
      const full = filled + block.h / 2 > total / count;
      if (full && columns.length < count && column.length > 0) {
        column = [];
        columns.push(column);
        filled = 0;
      }
      column.push(block);
      filled += block.h + NS.gapY;
    }
    const width = columns.reduce((sum, c) => sum + Math.max(...c.map((b) => b.w)) + NS.gapX, 0);
    const height = Math.max(...columns.map((c) => c.reduce((sum, b) => sum + b.h + NS.gapY, 0)));
    const miss = Math.abs(Math.log(width / height / ASPECT));
    if (!best || miss < best.miss - 1e-9) best = { columns, miss };
  }
  return best?.columns ?? [];
}

/**
 * Puts first the namespaces that cards outside of all send to; the order is kept besides.
 * @param {Block[]} blocks @param {Node[]} outside @param {Graph} graph @param {Map<string, Node[]>} members
 * @returns {Block[]}
 */
function enteredFirst(blocks, outside, graph, members) {
  const senders = new Set(outside.map((n) => n.id));
  const entered = new Set(graph.edges.filter((e) => senders.has(e.from)).map((e) => e.to));
  const isEntered = (/** @type {Block} */ b) => members.get(b.id)?.some((n) => entered.has(n.id));
  return [...blocks.filter(isEntered), ...blocks.filter((b) => !isEntered(b))];
}

/**
 * Puts the neighbours of a namespace in the order of the cards they are linked with, so that
 * fewer edges cross; those without links come last, by their keys.
 * @param {Block[]} others @param {Block} focus @param {Graph} graph @param {Map<string, Node[]>} members
 */
function sortByPull(others, focus, graph, members) {
  /** @type {Map<string, number>} */
  const pull = new Map();
  for (const { id } of others) {
    const own = new Set(members.get(id)?.map((n) => n.id));
    const heights = graph.edges.flatMap((e) => {
      const end = own.has(e.from) ? e.to : own.has(e.to) ? e.from : '';
      const y = focus.inner.cards.get(end)?.y;
      return y === undefined ? [] : [y];
    });
    pull.set(id, heights.length ? heights.reduce((a, b) => a + b, 0) / heights.length : Infinity);
  }
  const at = new Map(others.map((b, i) => [b.id, i]));
  const of = (/** @type {Block} */ b) => /** @type {number} */ (pull.get(b.id));
  others.sort((a, b) =>
    of(a) === of(b) ? (at.get(a.id) ?? 0) - (at.get(b.id) ?? 0) : of(a) - of(b),
  );
}

/**
 * Cards outside every namespace, in a column, near what they are linked with.
 * @param {Node[]} nodes @param {number} x @param {Graph} graph @param {Map<string, Rect>} cards
 */
function placeOutside(nodes, x, graph, cards) {
  nodes.sort(byOrder);
  const units = nodes.map((node) => ({
    group: null,
    nodes: [node],
    offsets: [0],
    height: cardSize(node).h + notesHeight(node),
    reserve: 0,
    rowGap: ROW_GAP,
  }));
  const wishes = nodes.map((node) => {
    const centres = graph.edges.flatMap((e) => {
      const other = e.from === node.id ? e.to : e.to === node.id ? e.from : null;
      const r = other ? cards.get(other) : undefined;
      return r ? [r.y + r.h / 2] : [];
    });
    if (centres.length === 0) return null;
    return (Math.min(...centres) + Math.max(...centres)) / 2 - cardSize(node).h / 2;
  });
  const tops = settle(units, wishes, NS.top);
  nodes.forEach((node, i) => {
    const { w, h } = cardSize(node);
    cards.set(node.id, { x, y: tops[i] ?? NS.top, w, h });
  });
}

/**
 * The layout of a graph in namespace boxes.
 * @param {Graph} graph
 * @returns {Layout}
 */
export function layoutNamespaces(graph) {
  const groups = new Map(graph.groups.map((g) => [g.id, g]));
  /** @type {Map<string, Node[]>} */
  const members = new Map();
  /** @type {Node[]} */
  const outside = [];
  for (const group of graph.groups) if (group.kind === 'namespace') members.set(group.id, []);
  for (const node of graph.nodes) {
    const id = namespaceOf(node, groups);
    const list = id ? members.get(id) : undefined;
    (list ?? outside).push(node);
  }
  const key = (/** @type {string} */ id) => groups.get(id)?.order ?? groups.get(id)?.label ?? id;
  const blocks = [...members]
    .sort(([a], [b]) => compareText(key(a), key(b)) || compareText(a, b))
    .map(([id, nodes]) => blockOf(graph, nodes, id));
  const focus = blocks.find(
    (b) => graph.scope?.namespace && groups.get(b.id)?.label === graph.scope.namespace,
  );
  const others = blocks.filter((b) => b !== focus);
  if (focus) sortByPull(others, focus, graph, members);
  const columns = focus
    ? [[focus], ...(others.length ? [others] : [])]
    : flow(enteredFirst(blocks, outside, graph, members));

  const senders = new Set(graph.edges.map((e) => e.from));
  const [before, after] = [
    outside.filter((n) => senders.has(n.id)),
    outside.filter((n) => !senders.has(n.id)),
  ];
  /** @type {Map<string, Rect>} */
  const cards = new Map();
  /** @type {import('../types.js').Box[]} */
  const boxes = [];
  const widest = (/** @type {Node[]} */ nodes) => Math.max(...nodes.map((n) => cardSize(n).w));
  let x = LEFT + (before.length ? widest(before) + NS.gapX / 2 : 0);
  for (const column of columns) {
    let y = NS.top;
    for (const block of column) {
      boxes.push({ id: block.id, x, y, w: block.w, h: block.h });
      const shift = (/** @type {Rect} */ r) => ({
        ...r,
        x: r.x + x + NS.pad,
        y: r.y + y + NS.head,
      });
      for (const [id, rect] of block.inner.cards) cards.set(id, shift(rect));
      for (const box of block.inner.boxes) boxes.push({ ...shift(box), id: box.id });
      y += block.h + NS.gapY;
    }
    x += Math.max(...column.map((b) => b.w)) + NS.gapX;
  }
  if (before.length) placeOutside(before, LEFT, graph, cards);
  if (after.length) placeOutside(after, x - NS.gapX / 2, graph, cards);
  return { cards, boxes, lanes: [], ...extent(cards, boxes) };
}
