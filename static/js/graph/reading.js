// @ts-check
/**
 * Where the keyboard goes: the order of reading and the nearest card in a direction. Pure.
 *
 * @typedef {import('../types.js').Rect} Rect
 */

/**
 * Node ids lane by lane, each from top to bottom; without lanes, row by row.
 * @param {import('../types.js').Layout} layout
 * @returns {string[]}
 */
export function readingOrder(layout) {
  const column = (/** @type {Rect} */ r) =>
    layout.lanes.findIndex((l) => r.x < l.x + l.w && r.x + r.w > l.x);
  const row = layout.lanes.length > 0 ? null : 24;
  return [...layout.cards]
    .map(([id, r]) => ({ id, r, c: row ? Math.round(r.y / row) : column(r) }))
    .sort((a, b) => a.c - b.c || (row ? a.r.x - b.r.x : a.r.y - b.r.y) || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The card nearest to another in the direction of an arrow key, or null. Distance across the
 * direction counts double.
 * @param {Map<string, Rect>} cards
 * @param {string} from
 * @param {string} key
 * @returns {string|null}
 */
export function nearest(cards, from, key) {
  const [way, at] = [WAYS[key], cards.get(from)];
  if (!way || !at) return null;
  const [x, y] = [at.x + at.w / 2, at.y + at.h / 2];
  let best = null;
  let least = Infinity;
  for (const [id, r] of cards) {
    if (id === from) continue;
    const [dx, dy] = [r.x + r.w / 2 - x, r.y + r.h / 2 - y];
    const along = dx * way[0] + dy * way[1];
    const across = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    const cost = along + 2 * across;
    if (along > 8 && (cost < least || (cost === least && best !== null && id < best)))
      [best, least] = [id, cost];
  }
  return best;
}

/** Whether a key is an arrow.
 * @param {string} key */
export const isArrow = (key) => key in WAYS;
