// @ts-check
/**
 * Cubic curves with horizontal ends, as the drawing's edges are. Pure arithmetic.
 *
 * @typedef {import('../types.js').Point} Point
 * @typedef {import('../types.js').Cubic} Cubic
 */
import { r1 } from './svgnode.js';

/** The shortest distance of a control point from its end. */
const REACH = 32;

/**
 * The curve between two points. `out` and `into` say which way it leaves and arrives: 1 to the
 * right, -1 to the left.
 * @param {Point} from
 * @param {Point} to
 * @param {1|-1} out
 * @param {1|-1} into
 * @returns {Cubic}
 */
export function curve(from, to, out, into) {
  const dx = Math.abs(to[0] - from[0]);
  const facing = out === into && Math.sign(to[0] - from[0]) !== -out;
  const bulge = Math.min(140, 40 + Math.abs(to[1] - from[1]) * 0.18);
  const reach = facing ? Math.min(Math.max(REACH, dx / 2), Math.max(dx * 0.9, 14)) : bulge + dx / 3;
  return [from, [from[0] + out * reach, from[1]], [to[0] - into * reach, to[1]], to];
}

/** @param {Point} a @param {Point} b @param {number} t @returns {Point} */
const between = (a, b, t) => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];

/**
 * The point at `t` (0 to 1) of a curve.
 * @param {Cubic} c
 * @param {number} t
 * @returns {Point}
 */
export function pointAt(c, t) {
  const u = 1 - t;
  const [a, b, d, e] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
  return [
    a * c[0][0] + b * c[1][0] + d * c[2][0] + e * c[3][0],
    a * c[0][1] + b * c[1][1] + d * c[2][1] + e * c[3][1],
  ];
}

/**
 * A curve cut at `t`: the part before and the part after, which together are the curve.
 * @param {Cubic} c
 * @param {number} t
 * @returns {[Cubic, Cubic]}
 */
export function cut(c, t) {
  const [a, b, d] = [between(c[0], c[1], t), between(c[1], c[2], t), between(c[2], c[3], t)];
  const [e, f] = [between(a, b, t), between(b, d, t)];
  const mid = between(e, f, t);
  return [
    [c[0], a, e, mid],
    [mid, f, d, c[3]],
  ];
}

/**
 * Where a curve that runs steadily left or right has the given x, as `t`.
 * @param {Cubic} c
 * @param {number} x
 */
export function tAtX(c, x) {
  const rising = c[3][0] > c[0][0];
  let [low, high] = [0, 1];
  for (let i = 0; i < 24; i++) {
    const mid = (low + high) / 2;
    if (pointAt(c, mid)[0] < x === rising) low = mid;
    else high = mid;
  }
  return (low + high) / 2;
}

/** The path text of a curve.
 * @param {Cubic} c */
export const pathOf = ([a, b, d, e]) =>
  `M${r1(a[0])} ${r1(a[1])} C${r1(b[0])} ${r1(b[1])} ${r1(d[0])} ${r1(d[1])} ${r1(e[0])} ${r1(e[1])}`;
