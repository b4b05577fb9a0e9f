// @ts-check
/** What is wrong with a query, as a row of a list: the token underlined, and what to do. */
import { gettext } from '../state/words.js';
import { html, icon } from './icon.js';

/** A row that underlines what is wrong with a query, and says what to do.
 * @param {string} text @param {import('../state/query.js').QueryError} error */
export function errorRow(text, { message, start, end, suggestion }) {
  const mark = html('u', 'palette__bad', text.slice(start, end) || ' ');
  const words = suggestion
    ? gettext('%(fault)s; did you mean %(word)s?', { fault: message, word: suggestion })
    : message;
  const row = html(
    'div',
    'palette__row is-error',
    html('span', 'c-deny', icon('ui-findings')),
    html('span', 'palette__text', text.slice(0, start), mark, text.slice(end)),
    html('small', '', words),
  );
  row.setAttribute('role', 'option');
  row.setAttribute('aria-disabled', 'true');
  return row;
}
