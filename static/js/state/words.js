// @ts-check
/**
 * The words of the page in the reader's language. Django's catalogue (`/i18n/catalog.js`) is loaded
 * before every module and puts its functions on the global object; without it the English stays.
 * Callers write `gettext('…')`, so that `makemessages` finds them.
 *
 * @typedef {{gettext?: (text: string) => string,
 *   ngettext?: (one: string, many: string, count: number) => string}} Catalogue
 */

/** @returns {Catalogue} */
const catalogue = () => /** @type {Catalogue} */ (globalThis);

/** @param {string} text @param {Record<string, string|number>} values for `%(name)s` */
export const interpolate = (text, values) =>
  text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole));

/** A text in the reader's language.
 * @param {string} text @param {Record<string, string|number>} [values] for `%(name)s` in it */
export const gettext = (text, values = {}) =>
  interpolate(catalogue().gettext?.(text) ?? text, values);

/** A text that counts, in the reader's language; `%(count)s` is the number.
 * @param {string} one @param {string} many @param {number} count
 * @param {Record<string, string|number>} [values] */
export const ngettext = (one, many, count, values = {}) =>
  interpolate(catalogue().ngettext?.(one, many, count) ?? (count === 1 ? one : many), {
    count,
    ...values,
  });
