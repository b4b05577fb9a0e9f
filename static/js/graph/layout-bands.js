// @ts-check
/**
 * The bands layout: horizontal bands that share their columns, stacked in order, and cards that
 * belong to no band in columns beside them, each near what it is linked with. Bands are the boxes
 * without a lane: families, kinds of a Service, Nodes with what they hold. Pure, deterministic.
 *
 * A card without a band in a column that bands use stands below the last band.
 *
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Rect} Rect
 * @typedef {import('../types.js').Group} Group
 * @typedef {import('../types.js').Graph} Graph
 * @typedef {import('../types.js').Layout} Layout
 */
import { known } from '../state/known.js';
import {
  compareText,
  extent,
  laneGap,
  laneWidth,
  layoutLanes,
  linksOf,
  settle,
  unitsOf,
  wishOf,
} from './layout-lanes.js';
import { cardSize, LEFT, ROW_GAP, TOP } from './measure.js';

/** Room for lines that fan out: from so many on, so much at least, for each, and at most. */
const FAN = { few: 4, least: 56, each: 5, most: 150 };
const BAND = { pad: 18, head: 46, foot: 18, gap: 24 };

/** @param {Group} group */
const isBand = (group) => !group.lane && !group.parent && group.kind !== 'namespace';

/** The band a node stands in, through the groups around it, or ''.
 * @param {Node} node @param {Map<string, Group>} groups */
function bandOf(node, groups) {
  let group = node.group ? groups.get(node.group) : undefined;
  for (let depth = 0; group && depth < 8; depth++) {
    if (isBand(group)) return group.id;
    group = group.parent ? groups.get(group.parent) : undefined;
  }
  return '';
}

/** The columns of all lanes, with room for the sides of the bands.
 * @param {Graph} graph @param {Map<string, Node[]>} byLane @param {Set<string>} banded lanes */
function columnsOf(graph, byLane, banded) {
  const laneAt = new Map(graph.nodes.map((n) => [n.id, laneIndex(graph, n)]));
  let x = LEFT;
  return graph.lanes.map((lane, i) => {
    const [inside, before] = [banded.has(lane.id), banded.has(graph.lanes[i - 1]?.id ?? '')];
    if (inside !== before && (i > 0 || inside)) x += BAND.pad;
    const nodes = (byLane.get(lane.id) ?? []).filter((n) => !n.grid);
    const column = { x, w: laneWidth(nodes) };
    x += column.w + Math.max(laneGap(graph.edges, laneAt, i), fanGap(graph.edges, laneAt, i));
    return column;
  });
}

/** The more lines fan out between two columns, the further apart they stand.
 * @param {import('../types.js').Edge[]} edges @param {Map<string, number>} laneAt
 * @param {number} index of the left column */
function fanGap(edges, laneAt, index) {
  const count = edges.filter((edge) => {
    const ends = [laneAt.get(edge.from) ?? -1, laneAt.get(edge.to) ?? -1];
    return edge.state !== 'own' && Math.min(...ends) === index && Math.max(...ends) === index + 1;
  }).length;
  return count > FAN.few ? Math.min(FAN.most, FAN.least + FAN.each * count) : 0;
}

/** @param {Graph} graph @param {Node} node */
const laneIndex = (graph, node) =>
  Math.max(
    0,
    graph.lanes.findIndex((l) => l.id === node.lane),
  );

/**
 * Puts the cards of one lane that are in no band near what they are linked with.
 * @param {Node[]} nodes @param {{x: number, w: number}} column @param {number} top
 * @param {Map<string, string[]>} links @param {Map<string, Rect>} cards the places so far, added to
 * @param {Map<string, Group>} groups @param {import('../types.js').Box[]} boxes added to
 * @param {string} lane
 */
export function placeBeside(nodes, column, top, links, cards, groups, boxes, lane) {
  const units = unitsOf(nodes, groups, lane, ROW_GAP);
  const wishes = units.map((unit) => wishOf(unit, links, cards));
  const tops = settle(units, wishes, top);
  units.forEach((unit, n) => {
    unit.nodes.forEach((node, k) => {
      const size = cardSize(node);
      const indent = node.compact && !unit.group ? Math.round((column.w - size.w) / 2) : 0;
      const y = known(tops[n]) + known(unit.offsets[k]);
      cards.set(node.id, { x: column.x + Math.max(0, indent), y, ...size });
    });
    if (unit.group)
      boxes.push({
        id: unit.group,
        x: column.x - 12,
        y: known(tops[n]),
        w: column.w + 24,
        h: unit.height,
      });
  });
}

/**
 * The layout of a graph in bands.
 * @param {Graph} graph
 * @returns {Layout}
 */
export function layoutBands(graph) {
  const groups = new Map(graph.groups.map((g) => [g.id, g]));
  const bands = graph.groups
    .filter(isBand)
    .sort((a, b) => compareText(a.order ?? a.label, b.order ?? b.label) || compareText(a.id, b.id));
  if (bands.length === 0) return layoutLanes(graph);
  /** @type {Map<string, Node[]>} */
  const members = new Map(bands.map((b) => [b.id, []]));
  /** @type {Map<string, Node[]>} */
  const byLane = new Map(graph.lanes.map((l) => [l.id, []]));
  /** @type {Node[]} */
  const free = [];
  const banded = new Set();
  for (const node of graph.nodes) {
    byLane.get(node.lane)?.push(node);
    const band = bandOf(node, groups);
    if (band) banded.add(node.lane);
    (members.get(band) ?? free).push(node);
  }
  const columns = columnsOf(graph, byLane, banded);
  const inside = graph.lanes.flatMap((l, i) => (banded.has(l.id) ? [known(columns[i])] : []));
  const left = Math.min(...inside.map((c) => c.x)) - BAND.pad;
  const right = Math.max(...inside.map((c) => c.x + c.w)) + BAND.pad;

  /** @type {Map<string, Rect>} */
  const cards = new Map();
  /** @type {import('../types.js').Box[]} */
  const boxes = [];
  let y = TOP;
  for (const band of bands) {
    const nodes = known(members.get(band.id));
    const ids = new Set(nodes.map((n) => n.id));
    const inner = layoutLanes(
      {
        lanes: graph.lanes,
        nodes,
        edges: graph.edges.filter((e) => ids.has(e.from) && ids.has(e.to)),
        groups: graph.groups.filter((g) => g.lane),
      },
      { top: 0, columns },
    );
    const tall = [...inner.cards.values()].reduce((h, r) => Math.max(h, r.y + r.h), 0);
    for (const [id, r] of inner.cards) cards.set(id, { ...r, y: r.y + y + BAND.head });
    for (const box of inner.boxes) boxes.push({ ...box, y: box.y + y + BAND.head });
    const h = BAND.head + tall + BAND.foot;
    boxes.push({ id: band.id, x: left, y, w: right - left, h });
    y += h + BAND.gap;
  }

  const links = linksOf(graph.edges);
  const centre = graph.lanes.findIndex((l) => banded.has(l.id));
  const order = [...graph.lanes.keys()].sort(
    (a, b) => Math.abs(a - centre) - Math.abs(b - centre) || b - a,
  );
  for (const i of order) {
    const lane = known(graph.lanes[i]);
    const nodes = free.filter((n) => laneIndex(graph, n) === i);
    if (nodes.length === 0) continue;
    const top = banded.has(lane.id) ? y : TOP;
    placeBeside(nodes, known(columns[i]), top, links, cards, groups, boxes, lane.id);
  }
  const heads = graph.lanes.map((lane, i) => ({ ...lane, ...known(columns[i]) }));
  return {
    cards,
    boxes,
    lanes: heads,
    ...extent(cards, [...boxes, ...heads.map(({ x, w }) => ({ x, y: 0, w, h: TOP }))]),
  };
}
