// @ts-check
/** What every page without a drawing starts: menus, theme buttons, keys, search, the narrow rail. */
import { pageCommands } from './commands.js';
import { keySheet, startKeys } from './keys.js';
import { startLiveParts } from './live-parts.js';
import { startMenus } from './menu.js';
import { startSearchBox } from './search-box.js';
import { themeButtons } from './theme.js';

/** @param {string} selector @returns {HTMLElement|null} */
const find = (selector) => document.querySelector(selector);

/** The search box, completing and jumping; a query without a result goes to the search page. */
function startSearch() {
  const form = find('form.search');
  if (!(form instanceof HTMLFormElement) || !form.dataset.search) return null;
  /** @type {string[]} */
  let kinds = [];
  const options = {
    values: (/** @type {string} */ field) => (field === 'kind' ? kinds : []),
    filter: (/** @type {string} */ query) =>
      location.assign(`${form.action}?${new URLSearchParams({ q: query })}`),
    select: () => false,
    commands: pageCommands,
  };
  return startSearchBox(form, options, async () => {
    kinds = Object.keys((await import('../state/match.js')).SHORT_KINDS);
  });
}

/** Opens and closes the rail on narrow screens. */
function startRail() {
  const button = find('[data-act="menu"]');
  const rail = find('.rail');
  button?.addEventListener('click', () =>
    button.setAttribute('aria-expanded', String(rail?.classList.toggle('is-open'))),
  );
}

/** Starts the page.
 * @param {Record<string, () => void>} [actions] keys of this page alone
 * @param {(event: KeyboardEvent) => boolean} [drawing] asked for every other key */
export function startPage(actions = {}, drawing = undefined) {
  startMenus(document);
  themeButtons(document);
  startRail();
  startLiveParts();
  const search = startSearch();
  find('[data-act="help"]')?.addEventListener('click', () => keySheet());
  startKeys({
    ...(drawing ? { drawing } : {}),
    actions: {
      '/': () => (search ? search.open() : find('input[type="search"]')?.focus()),
      p: () => find('[data-act="pause"]:not([hidden])')?.click(),
      ...actions,
    },
  });
}
