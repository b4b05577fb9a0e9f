// @ts-check
/** Where in a long table its rows are, and the ways on: the pager the server has rendered, live. */
import { gettext } from '../state/words.js';
import { html } from './icon.js';

/** The address of a page of rows.
 * @param {number} page */
function addressOf(page) {
  const url = new URL(location.href);
  url.searchParams.set('rows', String(page));
  url.searchParams.set('tab', 'table');
  return `${url.pathname}${url.search}`;
}

/** @param {string} words @param {'prev'|'next'} rel @param {number} page */
function way(words, rel, page) {
  const link = html('a', 'btn', words);
  link.href = addressOf(page);
  link.rel = rel;
  return link;
}

/**
 * @param {HTMLElement|null} pager
 * @param {import('../types.js').Listed|null|undefined} listed nothing where the table is whole
 */
export function showRowPages(pager, listed) {
  if (!pager) return;
  pager.hidden = !listed;
  if (!listed) return pager.replaceChildren();
  const { page, pages } = listed;
  const count = (/** @type {number} */ n) => n.toLocaleString('en');
  const text = gettext('Rows %(first)s to %(last)s of %(total)s', {
    first: count(listed.first),
    last: count(listed.last),
    total: count(listed.total),
  });
  const parts = [html('span', 'muted', text)];
  if (page > 1) parts.push(way(gettext('Previous rows'), 'prev', page - 1));
  if (page < pages) parts.push(way(gettext('Next rows'), 'next', page + 1));
  pager.replaceChildren(...parts);
}
