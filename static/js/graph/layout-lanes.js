// @ts-check
/**
 * The lanes layout: a column per lane, cards and group boxes sorted by their keys, each standing
 * as near as it can to the cards it is linked with. Pure and deterministic.
 *
 * The tallest lane is packed from the top; its neighbours follow outwards. A lane's order never
 * depends on links, only its heights do, so that one link gives one picture.
 *
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Rect} Rect
 * @typedef {import('../types.js').Layout} Layout
 *
 * @typedef {object} Unit a box with its cards, or a lone card
 * @property {string|null} group
 * @property {Node[]} nodes
 * @property {number[]} offsets of each card's top from the unit's top
 * @property {number} height
 * @property {number} reserve free height kept below for cards to come
 * @property {number} rowGap between cards
 */

import { known } from '../state/known.js';
import {
  BOX,
  CARD,
  cardSize,
  GROUP_GAP,
  LANE_GAP,
  LEFT,
  notesHeight,
  ROW_GAP,
  TOP,
} from './measure.js';
import { isBareCount, pillText, pillWidth, shieldsWidth } from './routes.js';

/** One row in five is kept free below a group, for cards that come while the page is open. */
const RESERVED_SHARE = 5;
/** Room above the first cards for the numbers of a trace's steps. */
const MARKS = 14;
/** A card linked with a long column stands no further than this below the column's first card. */
const REACH = 260;
/** A box of what is no endpoint, alone in its lane, stands so far down that the line from what
 * selects it passes below the lanes between. */
const OFF_DROP = 32;
/** More verdicts than this between two lanes need room to be told apart. */
const CROWD = 5;

/** @param {string} a @param {string} b */
export const compareText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Nodes by their sort key, then by id.
 * @param {Node} a @param {Node} b */
export const byOrder = (a, b) =>
  compareText(a.order ?? a.name, b.order ?? b.name) || compareText(a.id, b.id);

/**
 * The units of a lane, in order.
 * @param {Node[]} nodes
 * @param {Map<string, import('../types.js').Group>} groups
 * @param {string} lane
 * @param {number} rowGap
 * @returns {Unit[]}
 */
export function unitsOf(nodes, groups, lane, rowGap) {
  /** @type {Map<string, {key: string, group: string|null, nodes: Node[]}>} */
  const units = new Map();
  for (const node of nodes) {
    const group = node.group ? groups.get(node.group) : undefined;
    const boxed = group?.lane === lane ? group : null;
    const id = boxed ? boxed.id : node.id;
    const unit = units.get(id);
    if (unit) unit.nodes.push(node);
    else {
      const key = boxed ? `${boxed.order ?? boxed.label}` : `${node.order ?? node.name}`;
      units.set(id, { key, group: boxed?.id ?? null, nodes: [node] });
    }
  }
  return [...units.entries()]
    .sort(([idA, a], [idB, b]) => compareText(a.key, b.key) || compareText(idA, idB))
    .map(([, { group, nodes: members }]) => {
      members.sort(byOrder);
      let y = group ? BOX.head : 0;
      const offsets = [];
      for (const node of members) {
        if (node.ready && group) y += 4;
        offsets.push(y);
        y += cardSize(node).h + notesHeight(node) + rowGap;
      }
      const height = y - rowGap + (group ? BOX.pad : 0);
      const spare = group ? Math.floor(members.length / RESERVED_SHARE) : 0;
      return { group, nodes: members, offsets, height, reserve: spare * (CARD.h + rowGap), rowGap };
    });
}

/** Room a unit needs before the next one.
 * @param {Unit} unit @param {Unit|undefined} next */
function gapAfter(unit, next) {
  const boxed = unit.group || next?.group;
  const sheet = [unit, next].some((u) =>
    u?.nodes.some((n) => n.ready || n.paint === 'slice' || (n.kind === 'Node' && !n.compact)),
  );
  return (
    (boxed ? Math.max(GROUP_GAP, unit.rowGap) : Math.max(unit.rowGap, ROW_GAP + (sheet ? 10 : 0))) +
    unit.reserve
  );
}

/** @param {Unit[]} units */
const packedHeight = (units) =>
  units.reduce(
    (sum, u, i) => sum + u.height + (i < units.length - 1 ? gapAfter(u, units[i + 1]) : 0),
    0,
  );

/**
 * Tops for units that keep their order, do not overlap, and stand as near as possible (least
 * squares) to where they want to be: neighbouring units that would overlap are merged into a block
 * that shares its mean wish.
 * @param {Unit[]} units
 * @param {(number|null)[]} wishes wanted tops; null follows the unit above
 * @param {number} top
 * @returns {number[]}
 */
export function settle(units, wishes, top) {
  /** @type {{first: number, sum: number, weight: number, height: number}[]} */
  const blocks = [];
  const steps = units.map((u, i) => u.height + gapAfter(u, units[i + 1]));
  const want = (/** @type {{sum: number, weight: number}} */ b) =>
    b.weight ? b.sum / b.weight : top;
  units.forEach((_, i) => {
    const wish = wishes[i] ?? null;
    blocks.push({
      first: i,
      sum: wish ?? 0,
      weight: wish === null ? 0 : 1,
      height: known(steps[i]),
    });
    while (blocks.length > 1) {
      const [upper, lower] = [known(blocks.at(-2)), known(blocks.at(-1))];
      const end = Math.max(top, want(upper)) + upper.height;
      if (lower.weight && want(lower) >= end) break;
      blocks.length -= 2;
      blocks.push({
        first: upper.first,
        sum: upper.sum + lower.sum - lower.weight * upper.height,
        weight: upper.weight + lower.weight,
        height: upper.height + lower.height,
      });
    }
  });
  /** @type {number[]} */
  const tops = [];
  let floor = top;
  for (const [n, block] of blocks.entries()) {
    const last = blocks[n + 1]?.first ?? units.length;
    let y = Math.round(Math.max(floor, want(block)));
    for (let i = block.first; i < last; i++) {
      tops[i] = y;
      y += known(steps[i]);
    }
    floor = y;
  }
  return tops;
}

/** Centre of the cards a unit is linked with that are already placed, as a wanted top.
 * @param {Unit} unit
 * @param {Map<string, string[]>} links
 * @param {Map<string, Rect>} placed
 * @returns {number|null} */
export function wishOf(unit, links, placed) {
  const wishes = [];
  for (const [i, node] of unit.nodes.entries()) {
    const centres = (links.get(node.id) ?? []).flatMap((id) => {
      const r = placed.get(id);
      return r ? [r.y + r.h / 2] : [];
    });
    if (centres.length === 0) continue;
    const first = Math.min(...centres);
    const mean = Math.min((first + Math.max(...centres)) / 2, first + REACH);
    wishes.push(mean - cardSize(node).h / 2 - known(unit.offsets[i]));
  }
  return wishes.length ? wishes.reduce((a, b) => a + b, 0) / wishes.length : null;
}

/**
 * The neighbours of each card. Ownership lines pull only cards that nothing else pulls.
 * @param {import('../types.js').Edge[]} edges @returns {Map<string, string[]>}
 */
export function linksOf(edges) {
  const strong = neighbours(edges.filter((e) => e.state !== 'own'));
  for (const [id, ids] of neighbours(edges)) if (!strong.has(id)) strong.set(id, ids);
  return strong;
}

/** @param {import('../types.js').Edge[]} edges @returns {Map<string, string[]>} */
function neighbours(edges) {
  /** @type {Map<string, string[]>} */
  const links = new Map();
  const put = (/** @type {string} */ a, /** @type {string} */ b) => {
    const list = links.get(a);
    if (list) list.push(b);
    else links.set(a, [b]);
  };
  for (const edge of edges) {
    put(edge.from, edge.to);
    put(edge.to, edge.from);
  }
  return links;
}

/** Room for counts on crossing lines, in px: for the bends of the lines, for each, and at most. */
const COUNTS_ROOM = { bends: 80, each: 44, most: 420 };
/** Room beside a label for the disc at which a denied edge ends, and its distance from the card. */
const STOP_ROOM = 44;

/** The gap between a lane and the next: wide for port pills, narrow for thin lines.
 * @param {import('../types.js').Edge[]} edges
 * @param {Map<string, number>} laneAt
 * @param {number} index */
export function laneGap(edges, laneAt, index) {
  let gap = LANE_GAP.thin;
  let judged = 0;
  /** @type {import('../types.js').Edge[]} */
  const counted = [];
  for (const edge of edges) {
    const [a, b] = [laneAt.get(edge.from), laneAt.get(edge.to)];
    if (
      a === undefined ||
      b === undefined ||
      Math.min(a, b) !== index ||
      Math.max(a, b) !== index + 1
    )
      continue;
    if (edge.state === 'own') continue;
    const text = pillText(edge);
    const least = edge.label ? LANE_GAP.pill : LANE_GAP.arrow;
    const shields = shieldsWidth(edge);
    const marks = 26 * (edge.steps?.length ?? 0) + (edge.sign ? 26 : 0);
    const bare = shields || marks ? 40 + shields : 0;
    const stop = edge.state === 'deny' && !edge.sign && (text || shields) ? STOP_ROOM : 0;
    const room = Math.max(least, (text ? pillWidth(text) + 28 + 2 * shields : bare) + marks + stop);
    gap = Math.max(gap, Math.min(shields || marks || stop ? 280 : 220, room));
    if (shields && text) judged++;
    if (isBareCount(edge)) counted.push(edge);
  }
  return Math.max(gap, judged > CROWD ? 300 : 0, roomForCounts(counted));
}

/** Room for the counts on lines from many cards to many: those of one card side by side, where
 * its lines are still apart.
 * @param {import('../types.js').Edge[]} edges */
function roomForCounts(edges) {
  const from = new Set(edges.map((edge) => edge.from)).size;
  const to = new Set(edges.map((edge) => edge.to)).size;
  const beside = Math.ceil(edges.length / Math.max(from, to));
  if (edges.length <= CROWD || beside < 2) return 0;
  return Math.min(COUNTS_ROOM.most, COUNTS_ROOM.bends + beside * COUNTS_ROOM.each);
}

/** The width of a lane: of its widest card, of a usual one while it is empty.
 * @param {Node[]} nodes */
export const laneWidth = (nodes) =>
  nodes.length ? Math.max(...nodes.map((n) => cardSize(n).w)) : CARD.w;

/**
 * The layout of a graph in lanes. Lanes without cards keep their column.
 * @param {Pick<import('../types.js').Graph, 'lanes'|'nodes'|'edges'|'groups'>} graph
 * @param {{left?: number, top?: number, rowGap?: number, columns?: {x: number, w: number}[]}} [how]
 *   `columns` are the places of the lanes where they are given from outside
 * @returns {Layout}
 */
export function layoutLanes(
  graph,
  { left = LEFT, top: least = TOP, rowGap = ROW_GAP, columns } = {},
) {
  const top = graph.nodes.some((node) => node.steps?.length) ? least + MARKS : least;
  const groups = new Map(graph.groups.map((g) => [g.id, g]));
  const laneIds = graph.lanes.map((l) => l.id);
  /** @type {Map<string, Node[]>} */
  const byLane = new Map(laneIds.map((id) => [id, []]));
  for (const node of graph.nodes)
    (byLane.get(node.lane) ?? byLane.get(laneIds[0] ?? ''))?.push(node);
  const lanes = graph.lanes.map((lane) => {
    const nodes = byLane.get(lane.id) ?? [];
    const units = unitsOf(nodes, groups, lane.id, rowGap);
    const pad = units.some((u) => u.group) ? BOX.pad : 0;
    return { lane, units, pad, w: laneWidth(nodes), height: packedHeight(units), x: 0 };
  });

  const laneAt = new Map(graph.nodes.map((n) => [n.id, Math.max(0, laneIds.indexOf(n.lane))]));
  let x = left;
  lanes.forEach((lane, i) => {
    const column = columns?.[i];
    if (column) {
      [lane.x, lane.w] = [column.x, column.w];
      return;
    }
    lane.x = x + (i > 0 ? lane.pad : 0);
    x = lane.x + lane.w + lane.pad + laneGap(graph.edges, laneAt, i);
  });

  /** @type {Map<string, Rect>} */
  const cards = new Map();
  /** @type {import('../types.js').Box[]} */
  const boxes = [];
  const links = linksOf(graph.edges);
  const anchor = lanes.reduce(
    (best, l, i) => (l.height > (lanes[best]?.height ?? -1) ? i : best),
    0,
  );
  const sequence = [...lanes.keys()].sort(
    (a, b) => Math.abs(a - anchor) - Math.abs(b - anchor) || b - a,
  );
  for (const i of sequence) {
    const { units, x: laneX, w, pad } = known(lanes[i]);
    const wishes = units.map((u) => (i === anchor ? null : wishOf(u, links, cards)));
    if (units[0]?.group && groups.get(units[0].group)?.kind === 'off')
      wishes[0] = Math.max(wishes[0] ?? 0, top + OFF_DROP);
    const tops = settle(units, wishes, top);
    units.forEach((unit, n) => {
      unit.nodes.forEach((node, k) => {
        const size = cardSize(node);
        const indent = unit.group ? 0 : Math.round((w - size.w) / 2) * (node.compact ? 1 : 0);
        cards.set(node.id, {
          x: laneX + indent,
          y: known(tops[n]) + known(unit.offsets[k]),
          w: size.w,
          h: size.h,
        });
      });
      if (unit.group)
        boxes.push({
          id: unit.group,
          x: laneX - pad,
          y: known(tops[n]),
          w: w + 2 * pad,
          h: unit.height,
        });
    });
  }
  const heads = lanes.map(({ lane, x: laneX, w }) => ({ ...lane, x: laneX, w }));
  return {
    cards,
    boxes,
    lanes: heads,
    ...extent(cards, [
      ...boxes,
      ...heads.map(({ x: laneX, w }) => ({ x: laneX, y: 0, w, h: top })),
    ]),
  };
}

/**
 * The width and height a drawing needs, with a margin.
 * @param {Map<string, Rect>} cards
 * @param {Rect[]} boxes
 */
export function extent(cards, boxes) {
  let [width, height] = [0, 0];
  for (const r of [...cards.values(), ...boxes]) {
    width = Math.max(width, r.x + r.w);
    height = Math.max(height, r.y + r.h);
  }
  return { width: width + LEFT, height: height + LEFT };
}
