// @ts-check
/**
 * Sentences in the reader's language: Django's catalogue for scripts (`/i18n/catalog.js`) where a
 * page has loaded it, else English. Write sentences whole, with named gaps:
 *
 *     say('{number} of {all} match', { number: 3, all: 7 })
 */

/** @typedef {Record<string, string | number>} Gaps */

/** @typedef {{gettext?: (text: string) => string,
 *   ngettext?: (singular: string, plural: string, number: number) => string}} Catalogue */

/** @returns {Catalogue} */
const catalogue = () => /** @type {any} */ (globalThis);

/** @param {string} sentence @param {Gaps} gaps */
const filled = (sentence, gaps) =>
  sentence.replace(/\{(\w+)\}/g, (gap, name) => String(gaps[name] ?? gap));

/**
 * A sentence in the reader's language.
 * @param {string} sentence in English @param {Gaps} [gaps] @returns {string}
 */
export function say(sentence, gaps) {
  const found = catalogue().gettext?.(sentence) ?? sentence;
  return gaps ? filled(found, gaps) : found;
}

/**
 * A sentence about a number of things, which stands in its gap `{n}`.
 * @param {string} singular @param {string} plural @param {number} n @param {Gaps} [gaps]
 * @returns {string}
 */
export function sayN(singular, plural, n, gaps) {
  const english = n === 1 ? singular : plural;
  const found = catalogue().ngettext?.(singular, plural, n) ?? english;
  return filled(found, { n, ...gaps });
}
