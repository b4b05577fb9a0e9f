// @ts-check
/** Cards a reader has dragged, kept for the session under the view they belong to. */

/** @typedef {import('../types.js').Point} Point */

export class Pins {
  /** @param {string} key of the view @param {Storage|null} [storage] */
  constructor(key, storage = sessionStore()) {
    this.key = `nv-pins ${key}`;
    this.storage = storage;
    /** @type {Map<string, Point>} */
    this.places = new Map();
    try {
      this.places = new Map(JSON.parse(storage?.getItem(this.key) ?? '[]'));
    } catch {
      this.places = new Map();
    }
  }

  /** @param {string} id @param {Point} place */
  put(id, place) {
    this.places.set(id, place);
    this.#save();
  }

  clear() {
    this.places.clear();
    this.#save();
  }

  /** A layout with the pinned cards at their places.
   * @param {import('../types.js').Layout} layout @returns {import('../types.js').Layout} */
  on(layout) {
    if (this.places.size === 0) return layout;
    const cards = new Map(layout.cards);
    for (const [id, [x, y]] of this.places) {
      const rect = cards.get(id);
      if (rect) cards.set(id, { ...rect, x, y });
    }
    return { ...layout, cards };
  }

  #save() {
    try {
      this.storage?.setItem(this.key, JSON.stringify([...this.places]));
    } catch {
      this.storage = null;
    }
  }
}

/** @returns {Storage|null} null where the browser forbids storage */
function sessionStore() {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}
