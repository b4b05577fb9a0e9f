// @ts-check
/**
 * What d3-zoom asks of d3-transition and d3-interpolate, without transitions: the build puts this
 * in their place. `viewport.js` moves the view on its own, so interpolators of colours and texts,
 * timers and easings would only be loaded with every diagram.
 */
import { selection } from 'd3-selection';

/** Nothing runs that could be interrupted. */
export function interrupt() {}

/** A way that is at its end at once.
 * @param {unknown} _from @param {unknown} to */
export const interpolateZoom = (_from, to) => () => to;

/** @this {any} */
function same() {
  return this;
}

/** @type {any} */ (selection).prototype.interrupt = same;
