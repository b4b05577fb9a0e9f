// @ts-check
/** The Text form, live: `graph.text` as a numbered outline in the list the server has rendered. */
import { isEqual } from '../graph/store.js';
import { html } from './icon.js';
import { named } from './names.js';

/** @typedef {import('../types.js').Outline} Outline */

export class TextView {
  /** @param {Element} container holds an `ol.outline`, or is empty */
  constructor(container) {
    this.list = container.querySelector('ol') ?? container.appendChild(html('ol', 'outline'));
    /** @type {Outline[]|null} */
    this.shown = null;
  }

  /** @param {Outline[]|null|undefined} outline */
  show(outline) {
    if (!outline) return;
    outline.forEach((entry, i) => {
      if (this.shown && isEqual(this.shown[i], entry) && this.list.children[i]) return;
      const item = html('li', '', ...named(entry.text), items(entry.items));
      const old = this.list.children[i];
      if (old) old.replaceWith(item);
      else this.list.append(item);
    });
    while (this.list.children.length > outline.length) this.list.lastElementChild?.remove();
    this.shown = outline;
  }
}

/** @param {Outline[]|undefined} entries @returns {HTMLUListElement|null} */
function items(entries) {
  if (!entries?.length) return null;
  return html(
    'ul',
    '',
    ...entries.map((entry) => html('li', '', ...named(entry.text), items(entry.items))),
  );
}
