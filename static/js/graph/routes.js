// @ts-check
/**
 * Where edges run: which sides of the cards they touch, the curve between, where a denied one
 * stops and where its label stands. Pure and deterministic: the same graph and layout give the
 * same routes.
 *
 * @typedef {import('../types.js').Point} Point
 * @typedef {import('../types.js').Edge} Edge
 * @typedef {import('../types.js').Rect} Rect
 * @typedef {import('../types.js').Layout} Layout
 *
 * @typedef {object} Route
 * @property {import('../types.js').Cubic} curve
 * @property {1|-1} into the way it runs where it arrives
 * @property {number|null} stop `t` on the curve where a denied edge ends
 * @property {string|null} path a path that replaces the curve (angled selector lines)
 * @property {Point} at where the label stands
 * @property {Rect} bounds
 * @property {boolean} port starts at a tile's port, which is drawn
 * @property {number} room px to the next edge, at the end where they stand closest
 */

import { known } from '../state/known.js';
import { pointAt, tAtX } from './curve.js';
import { clearCurve } from './detour.js';
import { columns, socketRect } from './measure.js';
import { r1 } from './svgnode.js';
import { Taken } from './taken.js';
import { grouped } from './tile.js';

/** How far apart edges leave one side of a card, and how much of the side they may take. */
const SPREAD = { most: 14, margin: 24 };
/** How far before the card a denied edge stops when no namespace border is in between. */
const STOP_GAP = 30;
const LABEL_PLACES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78];
/** Where else a label may stand when cards or labels take those places. */
const FURTHER = [0.45, 0.55, 0.35, 0.65, 0.16, 0.84, 0.1, 0.9];
/** How far above or below its line a label may stand and still touch it. */
const BESIDE = 14;
/** Where many verdicts meet at one card their labels stand near the other ends, which are apart. */
const CROWD = 3;
const NEAR_START = [0.3, 0.38, 0.24, 0.46, 0.54];
const NEAR_END = [0.7, 0.62, 0.76, 0.54, 0.46];
/** Where many counts meet at one card: the whole of its lines, from the start. */
const APART = Array.from({ length: 17 }, (_, i) => 0.12 + 0.04 * i);
/** A label of what is stopped where it leaves stands near its stop: the line beyond is faint. */
const BEHIND_STOP = [0.3, 0.36, 0.24, 0.42, 0.5, 0.58, 0.66];
/** Stops of denied edges keep this far apart, moving back along their lines. */
const STOP_APART = 21;

/** The width of a label's pill.
 * @param {string} text @param {boolean} [plain] */
export const pillWidth = (text, plain = false) => r1(columns(text) * (plain ? 5.9 : 6.35) + 14);

/** Room for the shields of a policy verdict beside the pill.
 * @param {Edge} edge */
export const shieldsWidth = (edge) => (edge.shields?.length ? edge.shields.length * 20 + 6 : 0);

/** What an edge's pill says, or ''.
 * @param {Edge} edge */
export function pillText(edge) {
  const many = edge.state !== 'own' && (edge.count ?? 1) > 1 ? `×${grouped(edge.count ?? 1)}` : '';
  return [edge.label ?? '', many].filter(Boolean).join(' ');
}

/** Whether all that stands on an edge is how many it stands for.
 * @param {Edge} edge */
export const isBareCount = (edge) =>
  !edge.label && !edge.shields?.length && !edge.stop && pillText(edge) !== '';

/** Where the edges of a tile meet: a strip at its right, below the badges; a card is met whole.
 * @param {string} id @param {Rect} rect @returns {Rect} */
function portOf(id, rect) {
  if (!id.startsWith('Namespace/')) return rect;
  const { x, y, w, h } = rect;
  const height = Math.max(10, Math.min(h - 60, 72));
  return { x: x + w - 34, y: y + h * 0.58 - height / 2, w: 10, h: height };
}

/** Where a line's end stands: a card, or the box of a group.
 * @param {Layout} layout @param {string} id @returns {Rect|undefined} */
const placeOf = (layout, id) => layout.cards.get(id) ?? layout.boxes.find((box) => box.id === id);

/** @param {Rect} a @param {Rect} b @returns {{out: 1|-1, into: 1|-1}} */
function sides(a, b) {
  if (b.x >= a.x + a.w - 8) return { out: 1, into: 1 };
  if (b.x + b.w <= a.x + 8) return { out: -1, into: -1 };
  return { out: 1, into: -1 };
}

/**
 * The y of each end on its card, and the room to the next. Edges that share a side of a card stand
 * apart around its middle, in the order of their other ends; ownership lines meet in the middle.
 * @param {{edge: Edge, a: Rect, b: Rect, out: 1|-1, into: 1|-1}[]} links
 * @returns {Map<string, {y: number, room: number}>} keys are `<edge id>` + `>` for the start, `<` for the end
 */
function endHeights(links) {
  /** @type {Map<string, {key: string, other: number, rect: Rect}[]>} */
  const bySide = new Map();
  /** @type {Map<string, {y: number, room: number}>} */
  const heights = new Map();
  const alone = Number.POSITIVE_INFINITY;
  const put = (
    /** @type {string} */ side,
    /** @type {{key: string, other: number, rect: Rect}} */ end,
  ) => {
    const list = bySide.get(side);
    if (list) list.push(end);
    else bySide.set(side, [end]);
  };
  for (const { edge, a, b, out, into } of links) {
    if (edge.state === 'own') {
      heights.set(`${edge.id}>`, { y: a.y + a.h / 2, room: alone });
      heights.set(`${edge.id}<`, { y: b.y + b.h / 2, room: alone });
      continue;
    }
    put(`${edge.from}|${out}`, { key: `${edge.id}>`, other: b.y + b.h / 2, rect: a });
    put(`${edge.to}|${-into}|${edge.socket?.[0] ?? ''}`, {
      key: `${edge.id}<`,
      other: a.y + a.h / 2,
      rect: b,
    });
  }
  for (const ends of bySide.values()) {
    ends.sort((p, q) => p.other - q.other || (p.key < q.key ? -1 : 1));
    const { rect } = known(ends[0]);
    const room = Math.max(0, rect.h - SPREAD.margin);
    const step = ends.length > 1 ? Math.min(SPREAD.most, room / (ends.length - 1)) : 0;
    const top = rect.y + rect.h / 2 - (step * (ends.length - 1)) / 2;
    for (const [i, { key }] of ends.entries())
      heights.set(key, { y: top + i * step, room: step || alone });
  }
  return heights;
}

/**
 * The namespace box of a card, or null.
 * @param {Layout} layout @param {Set<string>} borders @param {Rect} card
 */
function borderOf(layout, borders, card) {
  return (
    layout.boxes.find(
      (box) =>
        borders.has(box.id) &&
        card.x >= box.x &&
        card.x + card.w <= box.x + box.w &&
        card.y >= box.y &&
        card.y + card.h <= box.y + box.h,
    ) ?? null
  );
}

/**
 * Where a denied edge ends: on the border of the namespace that stops it, else near the card.
 * @param {Edge} edge
 * @param {import('../types.js').Cubic} c
 * @param {{a: Rect, b: Rect}} cards
 * @param {Layout} layout
 * @param {Set<string>} borders
 */
function stopOf(edge, c, { a, b }, layout, borders) {
  const atStart = edge.stop === 'from';
  const [from, to] = [borderOf(layout, borders, a), borderOf(layout, borders, b)];
  const right = c[3][0] > c[0][0];
  const border = atStart ? from : to;
  if (border && from !== to) {
    const x = atStart === right ? border.x + border.w : border.x;
    if (x > Math.min(c[0][0], c[3][0]) && x < Math.max(c[0][0], c[3][0])) return tAtX(c, x);
  }
  const length = Math.hypot(c[3][0] - c[0][0], c[3][1] - c[0][1]) || 1;
  const share = Math.min(0.4, STOP_GAP / length);
  return atStart ? share : 1 - share;
}

/** Whether a straight strip between two points is free of cards.
 * @param {Iterable<[string, Rect]>} cards @param {Rect} strip @param {Edge} edge */
function isFree(cards, strip, edge) {
  for (const [id, r] of cards) {
    if (id === edge.from || id === edge.to) continue;
    if (
      r.x < strip.x + strip.w &&
      r.x + r.w > strip.x &&
      r.y < strip.y + strip.h &&
      r.y + r.h > strip.y
    )
      return false;
  }
  return true;
}

/**
 * The angled line of an ownership edge that passes over a lane: down from the card, then right,
 * when nothing stands in the way.
 * @param {Edge} edge @param {Rect} a @param {Rect} b @param {Layout} layout
 * @returns {{path: string, at: Point}|null}
 */
function angled(edge, a, b, layout) {
  const lanesBetween = layout.lanes.filter((l) => l.x > a.x + a.w && l.x + l.w < b.x).length;
  const [x, y, end] = [a.x + a.w / 2, b.y + b.h / 2, b.x];
  if (edge.state !== 'own' || lanesBetween === 0 || y < a.y + a.h + 24) return null;
  const down = { x: x - 6, y: a.y + a.h, w: 12, h: y - a.y - a.h };
  const along = { x: x + 1, y: y - 10, w: end - x - 2, h: 20 };
  if (!isFree(layout.cards, down, edge) || !isFree(layout.cards, along, edge)) return null;
  const path = `M${r1(x)} ${r1(a.y + a.h)} V${r1(y - 16)} A16 16 0 0 0 ${r1(x + 16)} ${r1(y)} H${r1(end)}`;
  return { path, at: [(x + 16 + end) / 2 + 40, y] };
}

/**
 * Stops that do not cover one another: of those that meet at a card the outer ones stand further
 * back along their lines.
 * @param {{edge: Edge, route: Route}[]} routed
 */
function placeStops(routed) {
  const stopped = routed.filter(({ route }) => route.stop !== null);
  stopped.sort((p, q) => p.route.curve[0][1] - q.route.curve[0][1]);
  /** @type {Point[]} */
  const placed = [];
  for (const { edge, route } of stopped) {
    const back = edge.stop === 'from' ? 0.03 : -0.03;
    let t = route.stop ?? 1;
    let at = pointAt(route.curve, t);
    const isClear = () => placed.every(([x, y]) => Math.hypot(x - at[0], y - at[1]) >= STOP_APART);
    while (!isClear() && (back < 0 ? t > 0.35 : t < 0.65)) {
      t += back;
      at = pointAt(route.curve, t);
    }
    route.stop = t;
    placed.push(at);
  }
}

/** How many verdicts or bare counts meet at each card, by side.
 * @param {{edge: Edge}[]} routed @returns {Map<string, number>} */
function crowds(routed) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { edge } of routed)
    if (edge.shields?.length || isBareCount(edge))
      for (const key of [`${edge.from}>`, `${edge.to}<`])
        counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/**
 * How far what stands on an edge reaches to both sides of where its label stands; null when nothing
 * does.
 * @param {Edge} edge @returns {{left: number, right: number}|null}
 */
export function labelReach(edge) {
  const text = pillText(edge);
  const shields = edge.shields?.length ?? 0;
  const steps = edge.steps?.length ?? (edge.step ? 1 : 0);
  if (!text && !shields && !steps && !edge.sign) return null;
  const half = text ? pillWidth(text, edge.state === 'own') / 2 : 0;
  const [left, right] = text ? [half, half + shieldsWidth(edge)] : [shields * 10, shields * 10];
  const marks = steps ? (text || shields ? left + 15 : 0) + (steps - 1) * 25 + 11 : 0;
  const sign = edge.sign ? half + (text ? 23 : 10) : 0;
  return { left: Math.max(left, marks, sign), right: Math.max(right, steps || edge.sign ? 11 : 0) };
}

/**
 * The part of a curve on which a label stands: up to a stop, beyond it where it is near the start.
 * @param {Edge} edge @param {Route} route @returns {[number, number]}
 */
function stretch(edge, { stop }) {
  if (stop === null) return [0, 1];
  return edge.stop === 'from' && stop < 0.5 ? [stop, 1] : [0, stop];
}

/**
 * Label places that cover neither cards, stops nor one another, in the order of the edges: on the
 * line, then a little above or below it. Where there is none, the place that covers least; cards,
 * which would hide the label, count most.
 * @param {{edge: Edge, route: Route}[]} routed
 * @param {Taken} cards
 */
function placeLabels(routed, cards) {
  const met = crowds(routed);
  const placesOf = (/** @type {Edge} */ edge) => {
    const isMet = (/** @type {string} */ side) => (met.get(side) ?? 0) > CROWD;
    const [arrives, leaves] = [isMet(`${edge.to}<`), isMet(`${edge.from}>`)];
    if ((arrives || leaves) && isBareCount(edge)) return APART;
    return arrives ? NEAR_START : leaves ? NEAR_END : LABEL_PLACES;
  };
  const [stops, labels] = [new Taken(), new Taken()];
  for (const { route } of routed) {
    if (route.stop === null) continue;
    const [x, y] = pointAt(route.curve, route.stop);
    stops.add({ x: x - 10, y: y - 10, w: 20, h: 20 });
  }
  for (const { edge, route } of routed) {
    const reach = labelReach(edge);
    if (!reach || route.path) continue;
    const isLeaving = edge.stop === 'from' && route.stop !== null;
    const places = isLeaving ? BEHIND_STOP : placesOf(edge);
    const isFree = places === LABEL_PLACES || isLeaving;
    const [from, to] = isFree ? stretch(edge, route) : [0, 1];
    const w = reach.left + reach.right + 4;
    const span = (/** @type {number} */ t, /** @type {number} */ dy) => {
      const [x, y] = pointAt(route.curve, t);
      const [left, top] = [x - reach.left - 2, y + dy - 10];
      return { at: /** @type {Point} */ ([x, y + dy]), room: { x: left, y: top, w, h: 20 } };
    };
    const cover = (/** @type {Rect} */ room) =>
      8 * cards.under(room) + 4 * stops.under(room) + labels.under(room);
    let best = null;
    let least = Number.POSITIVE_INFINITY;
    for (const [t, dy] of candidates(places, from, to)) {
      const found = span(t, dy);
      const covered = cover(found.room);
      if (covered < least) [best, least] = [found, covered];
      if (covered === 0) break;
    }
    const { at, room } = known(best);
    route.at = at;
    labels.add(room);
  }
}

/** Where a label may stand, best first: `t` on its curve, and how far beside it.
 * @param {number[]} places @param {number} from @param {number} to
 * @returns {Generator<[number, number]>} */
function* candidates(places, from, to) {
  for (const t of [...places, ...FURTHER]) yield [from + t * (to - from), 0];
  if (to - from < 1) for (const t of places) yield [t, 0];
  for (const t of [...places, ...LABEL_PLACES, ...FURTHER])
    for (const dy of [-BESIDE, BESIDE]) yield [from + t * (to - from), dy];
}

/**
 * The routes of all edges whose both cards are laid out, by edge id.
 * @param {Iterable<Edge>} edges
 * @param {Layout} layout
 * @param {Iterable<import('../types.js').Group>} groups
 * @returns {Map<string, Route>}
 */
export function routeEdges(edges, layout, groups) {
  const borders = new Set([...groups].filter((g) => g.kind === 'namespace').map((g) => g.id));
  const links = [];
  for (const edge of edges) {
    const [from, to] = [placeOf(layout, edge.from), placeOf(layout, edge.to)];
    if (!from || !to || edge.from === edge.to) continue;
    const end = edge.socket ? socketRect(to, edge.socket) : to;
    const [a, b] = layout.tiles ? [portOf(edge.from, from), portOf(edge.to, to)] : [from, end];
    links.push({ edge, a, b, ...sides(a, b) });
  }
  const heights = endHeights(links);
  const cards = new Taken(layout.tiles ? [] : layout.cards.values());
  const routed = links.map(({ edge, a, b, out, into }) => {
    const [leaves, arrives] = [
      known(heights.get(`${edge.id}>`)),
      known(heights.get(`${edge.id}<`)),
    ];
    /** @type {Point} */
    const start = [out > 0 ? a.x + a.w : a.x, leaves.y];
    /** @type {Point} */
    const end = [into > 0 ? b.x : b.x + b.w, arrives.y];
    const c = clearCurve(start, end, out, into, cards);
    const corner = angled(edge, a, b, layout);
    const xs = c.map((p) => p[0]);
    const ys = c.map((p) => p[1]);
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    /** @type {Route} */
    const route = {
      curve: c,
      into,
      stop: edge.state === 'deny' && !edge.sign ? stopOf(edge, c, { a, b }, layout, borders) : null,
      path: corner?.path ?? null,
      at: corner?.at ?? pointAt(c, 0.5),
      port: layout.tiles === true,
      room: Math.min(leaves.room, arrives.room),
      bounds: { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y },
    };
    return { edge, route };
  });
  placeStops(routed);
  placeLabels(routed, cards);
  return new Map(routed.map(({ edge, route }) => [edge.id, route]));
}
