// @ts-check
/** Which part of a drawing a view shows first, and on Fit. Pure. */

/** The first view never shrinks cards below where their texts end. */
const READABLE = 0.62;
/** The least and the greatest zoom. */
export const SCALES = /** @type {[number, number]} */ ([0.04, 3]);
const PAD = 16;

/** @typedef {{x: number, y: number, k: number}} Transform */

/**
 * The transform that shows the whole of a drawing, centred, at zoom 1 at most; `readable` keeps
 * texts legible instead and starts at the top left.
 * @param {{width: number, height: number}} layout
 * @param {{w: number, h: number}} size
 * @param {{readable?: boolean, least?: number}} [how]
 * @returns {Transform}
 */
export function fitTransform(
  { width, height },
  { w, h },
  { readable = false, least = READABLE } = {},
) {
  const whole = Math.min(1, (w - PAD) / width, (h - PAD) / height);
  const k = readable && whole < least ? Math.max(least, Math.min(1, (w - PAD) / width)) : whole;
  const x = width * k <= w ? (w - width * k) / 2 : 0;
  const y = height * k <= h ? Math.min((h - height * k) / 2, 4) : 0;
  return { x, y, k: Math.max(SCALES[0], k) };
}
