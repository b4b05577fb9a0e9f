// @ts-check
/**
 * The cards in the DOM, keyed by node id: each a group with its drawing, hidden from assistive
 * tools, and a link on top that carries the name. Elements are kept and updated, so that focus
 * and pointer stay where they are.
 *
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Rect} Rect
 * @typedef {'full'|'name'|'link'} CardDetail 'link' draws nothing but the link (far out)
 *
 * @typedef {object} CardItem
 * @property {Node} node
 * @property {Rect} rect
 * @property {boolean} ghost removed a moment ago
 * @property {boolean} mark changed in the last minute
 * @property {boolean} dim not among what was searched for
 * @property {boolean} bare outside of the view: nothing but its link
 * @property {import('../types.js').Writes} [writes] of a bin, what its latest writes came to
 *
 * @typedef {object} CardElement
 * @property {SVGElement} g
 * @property {SVGElement} drawing
 * @property {SVGElement} link
 * @property {Node} node
 * @property {string} look what the drawing was made from besides the node
 * @property {string} at
 */

import { known } from '../state/known.js';
import { cardClass, cardDrawing, cardRadius } from './card.js';
import { el, toDom } from './svgnode.js';
import { tileDrawing } from './tile.js';

/** How far the pressable area reaches over the card's edge. */
const REACH = 3.5;
/** How long a changed card pulses, in ms. */
const PULSE_MS = 1500;

export class CardsLayer {
  /** @param {SVGElement} root @param {string} icons */
  constructor(root, icons) {
    this.root = root;
    this.icons = icons;
    /** @type {Map<string, CardElement>} */
    this.elements = new Map();
    this.active = '';
    this.selected = '';
  }

  /**
   * Makes the layer show exactly these cards.
   * @param {Map<string, CardItem>} items in reading order
   * @param {CardDetail} detail
   */
  draw(items, detail) {
    for (const [id, element] of this.elements) {
      if (items.has(id)) continue;
      element.g.remove();
      this.elements.delete(id);
    }
    for (const [id, item] of items) {
      const element = this.elements.get(id) ?? this.#create(id, item);
      this.#update(element, item, item.bare ? 'link' : detail);
    }
  }

  /** Marks the selected card and the one the keyboard stands on.
   * @param {string} selected @param {string} active */
  mark(selected, active) {
    for (const id of new Set([this.selected, this.active, selected, active])) {
      const link = this.elements.get(id)?.link;
      if (!link?.hasAttribute('data-id')) continue;
      link.setAttribute('tabindex', id === active ? '0' : '-1');
      if (id === selected) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    this.selected = selected;
    this.active = active;
  }

  /** Lets changed cards pulse, those that do already from the beginning: an outline beside the
   * drawing, so that the card may be drawn anew meanwhile.
   * @param {Iterable<string>} ids */
  pulse(ids) {
    for (const id of ids) {
      const { g, link, drawing } = this.elements.get(id) ?? {};
      const body = drawing?.querySelector('.nv-card__body');
      if (!g || !link || !body) continue;
      g.querySelector(':scope > .is-pulse')?.remove();
      const ring = /** @type {SVGElement} */ (body.cloneNode());
      ring.setAttribute('class', 'is-pulse');
      const at = body.parentElement?.getAttribute('transform');
      if (at) ring.setAttribute('transform', at);
      g.insertBefore(ring, link);
      setTimeout(() => ring.remove(), PULSE_MS);
    }
  }

  /** Puts cards in the order of reading, for those who go through them one by one.
   * @param {string[]} ids */
  order(ids) {
    for (const id of ids) {
      const g = this.elements.get(id)?.g;
      if (g && !g.contains(document.activeElement)) this.root.append(g);
    }
  }

  /** @param {string} id @param {CardItem} item @returns {CardElement} */
  #create(id, { node }) {
    const g = toDom(el('g', { class: cardClass(node) }));
    const drawing = toDom(el('g', { 'aria-hidden': 'true' }));
    const link = toDom(
      el('a', { class: 'nv-card__link' }, el('title'), el('rect', { class: 'nv-card__hit' })),
    );
    g.append(drawing, link);
    this.root.append(g);
    /** @type {CardElement} */
    const element = { g, drawing, link, node, look: '', at: '' };
    this.elements.set(id, element);
    return element;
  }

  /** @param {CardElement} element @param {CardItem} item @param {CardDetail} detail */
  #update(element, { node, rect, ghost, mark, dim, writes }, detail) {
    const at = `translate(${rect.x} ${rect.y})`;
    if (element.at !== at) {
      element.g.setAttribute('transform', at);
      element.at = at;
    }
    element.g.classList.toggle('is-dim', dim);
    const look = `${detail} ${rect.w} ${rect.h} ${ghost} ${mark} ${writes?.count}`;
    if (element.look === look && element.node === node) return;
    const keepsLink = element.look !== '' && element.node === node && !ghost;
    element.node = node;
    element.look = look;
    const lit = ['is-lit', 'is-dim'].filter((c) => element.g.classList.contains(c)).join(' ');
    const tile = node.size !== undefined && node.size !== null;
    element.g.setAttribute(
      'class',
      `${cardClass(node)}${tile ? ' nv-card--tile' : ''}${ghost ? ' nv-card--removed' : ''} ${lit}`.trim(),
    );
    element.drawing.replaceChildren(...this.#drawing(node, rect, mark, detail, writes));
    if (!keepsLink || element.link.getAttribute('data-size') !== `${rect.w}x${rect.h}`)
      this.#link(element, node, rect, ghost);
  }

  /** @param {Node} node @param {Rect} rect @param {boolean} mark @param {CardDetail} detail
   * @param {import('../types.js').Writes} [writes] */
  #drawing(node, rect, mark, detail, writes) {
    if (detail === 'link') return [];
    const how = { detail, icons: this.icons, ...(writes ? { writes } : {}) };
    const tile = node.size !== undefined && node.size !== null;
    const parts = tile ? tileDrawing(node, rect, how) : cardDrawing(node, how);
    if (mark) parts.push(el('circle', { class: 'nv-card__dot', cx: rect.w - 3, cy: 3, r: 4.5 }));
    return parts.map(toDom);
  }

  /** A removed card's link loses its id and its place in the order at once.
   * @param {CardElement} element @param {Node} node @param {Rect} rect @param {boolean} ghost */
  #link({ link }, node, rect, ghost) {
    const [title, hit] = [known(link.children[0]), known(link.children[1])];
    link.setAttribute('data-size', `${rect.w}x${rect.h}`);
    if (ghost) {
      for (const name of ['data-id', 'aria-label', 'aria-current', 'href', 'tabindex'])
        link.removeAttribute(name);
      link.setAttribute('aria-hidden', 'true');
      return;
    }
    link.removeAttribute('aria-hidden');
    link.setAttribute('href', node.href ?? '#');
    link.setAttribute('data-id', node.id);
    link.setAttribute('aria-label', node.label);
    link.setAttribute('tabindex', node.id === this.active ? '0' : '-1');
    if (node.id === this.selected) link.setAttribute('aria-current', 'true');
    title.textContent = node.label;
    const r = (rect.h > 64 ? 12 : cardRadius(node, rect.h)) + REACH;
    const box = {
      x: -REACH,
      y: -REACH,
      width: rect.w + 2 * REACH,
      height: rect.h + 2 * REACH,
      rx: r,
    };
    for (const [name, value] of Object.entries(box)) hit.setAttribute(name, String(value));
  }
}
