// @ts-check
/**
 * Curves that pass over lanes keep clear of the cards there: they rise late or early instead of all
 * the way, where that meets fewer cards. Pure arithmetic.
 *
 * @typedef {import('../types.js').Point} Point
 * @typedef {import('../types.js').Cubic} Cubic
 */
import { curve, pointAt, tAtX } from './curve.js';

/** A curve that reaches this far, in px, may pass over a lane. */
const LONG = 300;
/** How far from its end a late or early curve turns, in px. */
const TURN = 40;
/** How far apart a curve is looked at, in px. */
const STEP = 20;
/** Room that a line leaves around itself, in px. */
const ROOM = 5;

/**
 * How often a curve is over a card, of the places where it is looked at: every few px across, but
 * not at its ends, which touch cards.
 * @param {Cubic} c @param {import('./taken.js').Taken} cards
 */
function met(c, cards) {
  const [left, right] = [Math.min(c[0][0], c[3][0]), Math.max(c[0][0], c[3][0])];
  let count = 0;
  for (let x = left + STEP; x < right - ROOM; x += STEP) {
    const [, y] = pointAt(c, tAtX(c, x));
    if (cards.under({ x: x - ROOM, y: y - ROOM, w: 2 * ROOM, h: 2 * ROOM }) > 0) count++;
  }
  return count;
}

/**
 * The curve between two points, as `curve` gives it or one that meets fewer cards.
 * @param {Point} from @param {Point} to @param {1|-1} out @param {1|-1} into
 * @param {import('./taken.js').Taken} cards
 * @returns {Cubic}
 */
export function clearCurve(from, to, out, into, cards) {
  const plain = curve(from, to, out, into);
  if (out !== into || Math.abs(to[0] - from[0]) < LONG) return plain;
  let [best, least] = [plain, met(plain, cards)];
  for (const x of [to[0] - into * TURN, from[0] + out * TURN]) {
    if (least === 0) break;
    /** @type {Cubic} */
    const other = [from, [x, from[1]], [x, to[1]], to];
    const count = met(other, cards);
    if (count < least) [best, least] = [other, count];
  }
  return best;
}
