// @ts-check
/**
 * What of a drawing is taken, and how much of it a rectangle would cover.
 *
 * @typedef {import('../types.js').Rect} Rect
 */

/** Height of a row of what is taken, in px. */
const ROW = 40;

/** Rectangles by rows of their heights, so that few are looked at for one place. */
export class Taken {
  /** @param {Iterable<Rect>} [rects] */
  constructor(rects = []) {
    /** @type {Map<number, Rect[]>} */
    this.rows = new Map();
    for (const rect of rects) this.add(rect);
  }

  /** @param {Rect} rect */
  add(rect) {
    for (const row of rowsOf(rect)) {
      const list = this.rows.get(row);
      if (list) list.push(rect);
      else this.rows.set(row, [rect]);
    }
  }

  /** How much of a rectangle is taken, in px².
   * @param {Rect} rect */
  under(rect) {
    const met = new Set(rowsOf(rect).flatMap((row) => this.rows.get(row) ?? []));
    return [...met].reduce((sum, r) => sum + shared(r, rect), 0);
  }
}

/** The area that two rectangles share, in px².
 * @param {Rect} a @param {Rect} b */
function shared(a, b) {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w > 0 && h > 0 ? w * h : 0;
}

/** @param {Rect} rect @returns {number[]} */
function rowsOf({ y, h }) {
  const [first, last] = [Math.floor(y / ROW), Math.floor((y + h) / ROW)];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
