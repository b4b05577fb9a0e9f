// @ts-check
/** Icons of the sprite in HTML. The sprite is inlined by the page, or fetched from `data-icons`. */
import { el, toDom } from '../graph/svgnode.js';

/** Address of the sprite, '' when the page inlines it. */
const sprite = () => document.documentElement.dataset.icons ?? '';

/** A line icon.
 * @param {string} name such as 'ui-close' @param {string} [cls] */
export const icon = (name, cls = '') =>
  toDom(
    el(
      'svg',
      { class: `i ${cls}`.trim(), 'aria-hidden': 'true' },
      el('use', { href: `${sprite()}#${name}` }),
    ),
  );

/** A status glyph.
 * @param {string} state */
export const glyph = (state) =>
  toDom(
    el(
      'svg',
      { class: `st st--${state}`, 'aria-hidden': 'true' },
      el('use', { href: `${sprite()}#st-${state}` }),
    ),
  );

/**
 * An HTML element with text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {string} [cls] @param {...(Node|string|null|undefined|false)} kids
 * @returns {HTMLElementTagNameMap[K]}
 */
export function html(tag, cls = '', ...kids) {
  const element = document.createElement(tag);
  if (cls) element.className = cls;
  element.append(.../** @type {(Node|string)[]} */ (kids.filter(Boolean)));
  return element;
}
