// @ts-check
/**
 * Places for cards that come while the page is open: nothing that exists moves. Pure.
 *
 * A new card takes the first free row of its band (the cards of its lane and group), else a row
 * below the band, so that the group's box grows downward. Where another box stands in the way,
 * the group goes on in a second box at the end of its lane. Tidy makes a cold layout again.
 *
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Rect} Rect
 * @typedef {import('../types.js').Box} Box
 * @typedef {import('../types.js').Layout} Layout
 */
import { byOrder, extent } from './layout-lanes.js';
import { BOX, GROUP_GAP, ROW_GAP } from './measure.js';

/** @param {Rect} a @param {Rect} b @param {number} [margin] */
const overlaps = (a, b, margin = 0) =>
  a.x < b.x + b.w + margin &&
  b.x < a.x + a.w + margin &&
  a.y < b.y + b.h + margin &&
  b.y < a.y + a.h + margin;

/** @param {Rect} a @param {Rect} b */
const holds = (a, b) =>
  a.x <= b.x && a.y <= b.y && a.x + a.w >= b.x + b.w && a.y + a.h >= b.y + b.h;

/** The cards a new card stands with.
 * @param {Node} node */
const bandOf = (node) => `${node.lane ?? ''}|${node.group ?? ''}`;

/** The ids of a group and the groups around it.
 * @param {string|null|undefined} id @param {Map<string, import('../types.js').Group>} groups */
function ancestry(id, groups) {
  const ids = new Set();
  for (let at = id; at && !ids.has(at); at = groups.get(at)?.parent ?? null) ids.add(at);
  return ids;
}

/** A box made large enough to hold a card.
 * @param {Box} box @param {Rect} card @param {number} pad @returns {Box} */
function grown(box, card, pad) {
  return { ...box, h: Math.max(box.h, card.y + card.h + pad - box.y) };
}

/** How far a group's innermost box reaches below its last card.
 * @param {Box} box @param {Rect[]} cards */
function footOf(box, cards) {
  const inside = cards.filter((c) => holds(box, c));
  return inside.length ? box.y + box.h - Math.max(...inside.map((c) => c.y + c.h)) : BOX.pad;
}

/**
 * The place for one new card among those that exist.
 * @param {Node} node
 * @param {{w: number, h: number}} size
 * @param {{cards: Map<string, Rect>, boxes: Box[], peers: Rect[], own: Set<string>, fallbackX: number}} at
 * @returns {{rect: Rect, boxes: Box[]}}
 */
function place(node, size, { cards, boxes, peers, own, fallbackX }) {
  const all = [...cards.values()];
  const foreign = boxes.filter((b) => !own.has(b.id));
  const mine = boxes.filter((b) => own.has(b.id));
  const x = peers[0]?.x ?? fallbackX;
  const rows = [...peers].sort((a, b) => a.y - b.y);
  const isFree = (/** @type {Rect} */ r) =>
    !all.some((c) => overlaps(c, r, ROW_GAP - 1)) && !foreign.some((b) => overlaps(b, r, 4));
  const around = (/** @type {Rect} */ r) =>
    mine.filter((b) => r.x >= b.x && r.x + r.w <= b.x + b.w && r.y > b.y);
  const candidates = [...rows.map((r) => r.y + r.h + ROW_GAP), ...gapsAbove(rows)].sort(
    (a, b) => a - b,
  );
  for (const y of candidates) {
    const rect = { x, y, ...size };
    if (!isFree(rect)) continue;
    const holders = around(rect).filter((b) => rows.some((r) => holds(b, r) && r.y <= y + size.h));
    const next = holders.map((b) => grown(b, rect, footOf(b, all)));
    const clear = next.every(
      (b) =>
        !foreign.some((f) => overlaps(f, b) && !holds(f, b) && !holds(b, f)) &&
        !all.some((c) => overlaps(c, b) && !holders.some((h) => overlaps(c, h))),
    );
    if (!clear || (mine.length > 0 && holders.length === 0)) continue;
    return {
      rect,
      boxes: boxes.map((b) => next.find((n) => n.id === b.id && n.y === b.y && n.x === b.x) ?? b),
    };
  }
  return continueBelow(node, size, { all, boxes, x, boxed: mine.length > 0 || own.size > 0, own });
}

/** Rows between existing rows that removed cards have left.
 * @param {Rect[]} rows @returns {number[]} */
function gapsAbove(rows) {
  const out = [];
  for (const [i, row] of rows.entries()) {
    const upper = rows[i - 1];
    const step = row.h + ROW_GAP;
    if (upper) for (let y = row.y - step; y >= upper.y + upper.h + ROW_GAP; y -= step) out.push(y);
  }
  return out;
}

/** A card at the end of its column, in a box of its own if its group has one.
 * @param {Node} node @param {{w: number, h: number}} size
 * @param {{all: Rect[], boxes: Box[], x: number, boxed: boolean, own: Set<string>}} at
 * @returns {{rect: Rect, boxes: Box[]}} */
function continueBelow(node, size, { all, boxes, x, boxed, own }) {
  const pad = boxed ? BOX.pad : 0;
  const column = { x: x - pad, y: 0, w: size.w + 2 * pad, h: Infinity };
  const bottom = [...all, ...boxes]
    .filter((r) => overlaps(r, column))
    .reduce((y, r) => Math.max(y, r.y + r.h), 0);
  const y = bottom + GROUP_GAP + (boxed ? BOX.head : 0);
  const rect = { x, y, ...size };
  if (!boxed || !node.group) return { rect, boxes };
  const box = {
    id: node.group,
    x: x - pad,
    y: y - BOX.head,
    w: size.w + 2 * pad,
    h: BOX.head + size.h + BOX.pad,
  };
  return {
    rect,
    boxes: [
      ...boxes,
      { ...box, continued: boxes.some((b) => own.has(b.id) && b.id === node.group) },
    ],
  };
}

/**
 * The layout after a change: every card that was there keeps its place, new ones are fitted in.
 * Boxes of groups that are gone disappear, others keep their place and may grow downward.
 * @param {Layout} previous
 * @param {import('../types.js').Graph} graph the graph after the change
 * @param {Layout} cold the cold layout of that graph, for sizes and for lanes that are new
 * @param {Map<string, Rect>} [occupied] places to leave free besides (ghosts)
 * @returns {Layout}
 */
export function keepPlaces(previous, graph, cold, occupied = new Map()) {
  const groups = new Map(graph.groups.map((g) => [g.id, g]));
  /** @type {Map<string, Rect>} */
  const cards = new Map();
  /** @type {Map<string, Rect[]>} */
  const bands = new Map();
  /** @type {Node[]} */
  const incoming = [];
  for (const node of graph.nodes) {
    const [old, size] = [previous.cards.get(node.id), cold.cards.get(node.id)];
    if (!size) continue;
    if (!old) {
      incoming.push(node);
      continue;
    }
    // A tile keeps its size too: it would grow over its neighbours.
    const rect = cold.tiles ? old : { x: old.x, y: old.y, w: size.w, h: size.h };
    cards.set(node.id, rect);
    const key = bandOf(node);
    bands.set(key, [...(bands.get(key) ?? []), rect]);
  }
  let boxes = previous.boxes.filter((b) => groups.has(b.id));
  const lanes = keepLanes(previous, cold);
  const heads = lanes.map(({ x, w }) => ({ x, y: 0, w, h: 0 }));
  const taken = new Map([...cards, ...occupied]);
  for (const node of incoming.sort(byOrder)) {
    const size = /** @type {Rect} */ (cold.cards.get(node.id));
    const key = bandOf(node);
    const peers = bands.get(key) ?? [];
    const lane = lanes.find((l) => l.id === node.lane);
    const own = ancestry(node.group, groups);
    const laneX = cold.lanes.find((l) => l.id === node.lane)?.x ?? 0;
    const fallbackX = lane ? lane.x + (size.x - laneX) : size.x;
    const placed = place(
      node,
      { w: size.w, h: size.h },
      { cards: taken, boxes, peers, own, fallbackX },
    );
    boxes = placed.boxes;
    cards.set(node.id, placed.rect);
    taken.set(node.id, placed.rect);
    bands.set(key, [...peers, placed.rect]);
  }
  return {
    cards,
    boxes,
    lanes,
    tiles: cold.tiles ?? false,
    ...extent(new Map([...cards, ...occupied]), [...boxes, ...heads]),
  };
}

/** Lanes that were there keep their x; new ones stand to the right of everything.
 * @param {Layout} previous @param {Layout} cold */
function keepLanes(previous, cold) {
  let right = Math.max(previous.width, 0) + GROUP_GAP;
  return cold.lanes.map((lane) => {
    const old = previous.lanes.find((l) => l.id === lane.id);
    if (old) return { ...lane, x: old.x, w: old.w };
    const x = right;
    right += lane.w + 2 * GROUP_GAP;
    return { ...lane, x };
  });
}
