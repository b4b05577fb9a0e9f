// @ts-check
/**
 * Raising what the pointer or the keyboard is on: a card with its edges and their other ends, or
 * an edge with its two cards. The rest is dimmed by the style sheet. Edges can be held lit; the
 * pointer then raises others only while it is on them.
 */

/** What is raised when nothing is touched: no id is written so. */
const HELD = 'held';

/**
 * @param {SVGSVGElement} svg
 * @param {{edges: () => Iterable<import('../types.js').Edge>}} of
 * @returns {(ids: Iterable<string>) => void} holds edges lit; none lets go of them
 */
export function hover(svg, { edges }) {
  let shown = '';
  /** @type {Set<string>} */
  let held = new Set();
  const dark = () => {
    shown = '';
    svg.classList.remove('is-hover');
    for (const lit of svg.querySelectorAll('.is-lit')) lit.classList.remove('is-lit');
  };
  const clear = () => {
    if (!shown || shown === HELD) return;
    dark();
    lightHeld();
  };
  const light = (
    /** @type {string} */ key,
    /** @type {Set<string>} */ cards,
    /** @type {Set<string>} */ lines,
  ) => {
    if (shown === key) return;
    dark();
    shown = key;
    svg.classList.add('is-hover');
    for (const link of svg.querySelectorAll('a[data-id]'))
      if (cards.has(link.getAttribute('data-id') ?? ''))
        link.parentElement?.classList.add('is-lit');
    for (const line of svg.querySelectorAll('[data-edge]'))
      if (lines.has(line.getAttribute('data-edge') ?? '')) line.classList.add('is-lit');
  };
  const lightHeld = () => {
    if (!held.size) return;
    const lit = [...edges()].filter((e) => held.has(e.id));
    light(HELD, new Set(lit.flatMap((e) => [e.from, e.to])), held);
  };
  const over = (/** @type {Event} */ event) => {
    if (event instanceof PointerEvent && event.buttons) return clear();
    const target = /** @type {Element} */ (event.target);
    const card = target.closest('a[data-id]')?.getAttribute('data-id');
    const line = target.closest('[data-edge]')?.getAttribute('data-edge');
    if (svg.classList.contains('is-dragging') || (!card && !line)) return clear();
    const touched = [...edges()].filter((e) =>
      card ? e.from === card || e.to === card : e.id === line,
    );
    const cards = new Set(touched.flatMap((e) => [e.from, e.to]));
    if (card) cards.add(card);
    light(card ?? `edge ${line}`, cards, new Set(touched.map((e) => e.id)));
  };
  svg.addEventListener('pointerover', over);
  svg.addEventListener('pointerleave', clear);
  svg.addEventListener('focusin', (event) => {
    if (/** @type {Element} */ (event.target).matches(':focus-visible')) over(event);
  });
  svg.addEventListener('focusout', clear);
  return (ids) => {
    held = new Set(ids);
    dark();
    lightHeld();
  };
}
