// @ts-check
/** Moving cards from one layout to another. */

/** @typedef {import('../types.js').Layout} Layout */

/** Above this many cards a layout is shown at once. */
const MOST = 800;

/**
 * A layout between two, for `share` from 0 to 1. Cards in only one of them stand where they are.
 * @param {Layout} from @param {Layout} to @param {number} share
 * @returns {Layout}
 */
export function between(from, to, share) {
  const eased = 1 - (1 - share) ** 3;
  const cards = new Map(
    [...to.cards].map(([id, r]) => {
      const old = from.cards.get(id) ?? r;
      return [id, { ...r, x: old.x + (r.x - old.x) * eased, y: old.y + (r.y - old.y) * eased }];
    }),
  );
  return { ...to, cards };
}

/**
 * Shows the way from one layout to another in 250 ms, or at once where motion is unwelcome.
 * @param {Layout} from @param {Layout} to @param {(layout: Layout) => void} show
 */
export function animate(from, to, show) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (still || to.cards.size > MOST || document.visibilityState !== 'visible') return show(to);
  const start = performance.now();
  const step = (/** @type {number} */ now) => {
    const share = Math.min(1, Math.max(0, (now - start) / 250));
    show(share < 1 ? between(from, to, share) : to);
    if (share < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
