// @ts-check
/** The pages as commands of the palette: the links of the rail, and what every page can do. */
import { gettext } from '../state/words.js';
import { keySheet } from './keys.js';

/** @typedef {import('../state/commands.js').Command} Command */

/** @param {string} id @param {string} text @param {string} icon @param {() => void} run
 * @param {string} [note] @returns {Command} */
export const command = (id, text, icon, run, note = '') => ({ id, text, note, icon, run });

/** The commands of every page. @returns {Command[]} */
export function pageCommands() {
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll('.rail a[data-page]')
  );
  return [
    ...[...links].map((link) =>
      command(
        `go-${link.dataset.page}`,
        gettext('Go to %(page)s', { page: (link.textContent ?? '').trim() }),
        `ui-${link.dataset.page}`,
        () => link.click(),
      ),
    ),
    command('theme', gettext('Switch between light and dark'), 'ui-theme', () =>
      press('[data-act="theme"]'),
    ),
    command('keys', gettext('Show the keys'), 'ui-help', keySheet, '?'),
    command('tour', gettext('Take the tour'), 'ui-learn', () =>
      import('./tour.js').then(({ startTour }) => startTour()),
    ),
  ];
}

/** @param {string} selector */
export function press(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) found.click();
}
