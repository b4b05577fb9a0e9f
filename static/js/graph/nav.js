// @ts-check
/**
 * The keyboard inside the drawing: one tab stop, arrows to the nearest card, Tab along the order
 * of reading, and a letter per action. What an action does is the diagram's business.
 *
 * @typedef {object} NavActions
 * @property {() => string} chosen the card that is selected, '' for none
 * @property {() => Map<string, import('../types.js').Rect>} cards that are not hidden
 * @property {() => string[]} reading
 * @property {(id: string) => void} move keyboard position to a card
 * @property {(id: string) => void} select
 * @property {(id: string, open: boolean) => void} expand
 * @property {(id: string) => void} neighbours
 * @property {(id: string) => void} hide
 * @property {(id: string) => void} trace
 * @property {() => void} fit
 * @property {(factor: number) => void} zoomBy
 * @property {() => void} reset zoom 1
 * @property {() => boolean} back true when there was something to go back from
 */
import { isArrow, nearest } from './reading.js';

/** Letters can be switched off in Settings (WCAG 2.1.4); arrows, Tab, Enter and Escape stay. */
export const lettersAreOn = () => document.documentElement.dataset.keys !== 'off';

/**
 * @param {SVGSVGElement} svg
 * @param {NavActions} actions
 */
export function keyboard(svg, actions) {
  svg.addEventListener('focusin', (event) => {
    const id = cardOf(event.target);
    if (id) actions.move(id);
  });
  svg.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const id = cardOf(event.target);
    if (id && onCard(event, id, actions)) event.preventDefault();
    else if (!id && isArrow(event.key)) {
      const first = actions.reading()[0];
      if (first) actions.move(first);
      event.preventDefault();
    }
    if (event.defaultPrevented) event.stopPropagation();
  });
}

/** @param {EventTarget|null} target */
const cardOf = (target) =>
  /** @type {Element|null} */ (target)?.closest?.('a[data-id]')?.getAttribute('data-id') ?? null;

/**
 * @param {KeyboardEvent} event @param {string} id @param {NavActions} actions
 * @returns {boolean} whether the key meant something here
 */
function onCard(event, id, actions) {
  if (isArrow(event.key)) {
    const next = nearest(actions.cards(), id, event.key);
    if (next) actions.move(next);
    return true;
  }
  if (event.key === 'Tab') {
    const order = actions.reading();
    const next = order[order.indexOf(id) + (event.shiftKey ? -1 : 1)];
    if (next) actions.move(next);
    return Boolean(next);
  }
  if (event.key === 'Enter') {
    actions.select(id);
    return true;
  }
  if (event.key === 'Home' || event.key === 'End') {
    const order = actions.reading();
    actions.move((event.key === 'Home' ? order[0] : order.at(-1)) ?? id);
    return true;
  }
  return onLetter(event, id, actions);
}

/** The letters that mean something of a card.
 * @param {KeyboardEvent} event @param {string} id @param {NavActions} actions
 * @returns {boolean} whether the key meant something here */
function onLetter(event, id, actions) {
  if (!lettersAreOn()) return false;
  /** @type {Record<string, () => void>} */
  const letters = {
    e: () => actions.expand(id, true),
    c: () => actions.expand(id, false),
    '.': () => actions.neighbours(id),
    h: () => actions.hide(id),
    t: () => actions.trace(id),
  };
  letters[event.key]?.();
  return event.key in letters;
}

/**
 * The keys that concern the whole drawing, wherever the focus is, or the card that is selected.
 * @param {KeyboardEvent} event @param {NavActions} actions
 * @returns {boolean} whether the key meant something
 */
export function drawingKey(event, actions) {
  /** @type {Record<string, () => void>} */
  const keys = {
    f: () => actions.fit(),
    '+': () => actions.zoomBy(1.25),
    '=': () => actions.zoomBy(1.25),
    '-': () => actions.zoomBy(0.8),
    0: () => actions.reset(),
  };
  if (event.key === 'Escape') return actions.back();
  if (!lettersAreOn()) return false;
  const chosen = actions.chosen();
  if (chosen && onLetter(event, chosen, actions)) return true;
  keys[event.key]?.();
  return event.key in keys;
}
