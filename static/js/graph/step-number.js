// @ts-check
/** The number of a trace's step on a line or card: filled where it passes, hollow where it is
 * assumed to, red where it stops, grey beyond. */
import { el, r1 } from './svgnode.js';

const CLASSES = { pass: '', assumed: ' is-assumed', stop: ' is-stop', off: ' is-off' };

/** @param {number} x @param {number} y @param {import('../types.js').StepMark} mark */
export const stepNumber = (x, y, { number, state }) =>
  el(
    'g',
    { class: `nv-num${CLASSES[state]}`, transform: `translate(${r1(x)} ${r1(y)})` },
    el('circle', { r: 11.5 }),
    el('text', { y: 4 }, String(number)),
  );
