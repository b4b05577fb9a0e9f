// @ts-check
/**
 * Cards hidden one by one by their key: kept in the address, as terms of the query of what is hidden.
 * It takes from the page what that has already, so that a first view stays small.
 *
 * @typedef {import('../types.js').Node} Node
 *
 * @typedef {object} Page
 * @property {() => string} hidden the query of what is hidden
 * @property {(hide: string) => void} omit leaves out what a query means
 * @property {(query: string) => Set<string>} means the ids of the cards that a query means
 */

/** @param {string} value as the query language writes it */
const term = (value) => (/^[\w./-]+$/.test(value) ? value : `"${value.replaceAll('"', '')}"`);

/**
 * A query that means one card and no other: its kind, namespace and name, or its id where another
 * has the same; '' where there is none.
 * @param {Node} node @param {Page['means']} means
 */
export function queryFor({ id, kind, namespace, name }, means) {
  const ns = namespace && kind !== 'Namespace' ? `ns=${term(namespace)}` : '';
  const named = [`kind=${term(kind)}`, ns, `name=${term(name)}`].filter(Boolean).join(' ');
  const isExact = (/** @type {string} */ query) => {
    const found = means(query);
    return found.size === 1 && found.has(id);
  };
  return [named, `near:${term(`${id}~0`)}`].find(isExact) ?? '';
}

/** A query that means what one means and what another means besides.
 * @param {string} query blank for nothing @param {string} more */
export const either = (query, more) => (query.trim() ? `${query.trim()} OR ${more}` : more);

export class Hiding {
  /** @param {EventTarget} view @param {Page} page */
  constructor(view, page) {
    this.page = page;
    /** @type {string|null} what was hidden before the first card was by its key */
    this.before = null;
    view.addEventListener('nv:back', (event) => {
      const { before } = this;
      this.before = null;
      if (before === null || before === page.hidden()) return;
      event.preventDefault();
      page.omit(before);
    });
  }

  /** Hides a card. @param {Node|null} node */
  add(node) {
    const { hidden, omit, means } = this.page;
    const query = node && queryFor(node, means);
    if (!query) return;
    this.before ??= hidden();
    omit(either(hidden(), query));
  }
}
