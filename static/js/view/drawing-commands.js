// @ts-check
/** What the palette offers on a page with a drawing, besides the commands of every page. */
import { gettext } from '../state/words.js';
import { command, pageCommands, press } from './commands.js';

/** The commands of a page with a drawing.
 * @returns {import('../state/commands.js').Command[]} */
export function drawingCommands() {
  /** @type {[string, string, string, string, string][]} */
  const acts = [
    ['fit', gettext('Fit the drawing'), 'ui-fit', '[data-act="fit"]', 'f'],
    ['tidy', gettext('Tidy'), 'ui-tidy', '[data-act="tidy"]', ''],
    ['table', gettext('Open as table'), 'ui-table', '[data-act="table"]', 'v'],
    ['pause', gettext('Pause or resume'), 'ui-pause', '[data-act="pause"]', 'p'],
    ['time', gettext('Look at earlier revisions'), 'ui-clock', '[data-act="time"]', '['],
    ['share', gettext('Copy link'), 'ui-share', '[data-act="share"]', ''],
    ['share-view', gettext('Copy link with viewport'), 'ui-share', '[data-act="share-view"]', ''],
  ];
  const exports = [...document.querySelectorAll('[data-export]')].map((item) =>
    command(
      `export-${item.getAttribute('data-export')}`,
      gettext('Export %(form)s', { form: (item.textContent ?? '').trim() }),
      'ui-export',
      () => /** @type {HTMLElement} */ (item).click(),
      'x',
    ),
  );
  const own = acts.map(([id, text, sign, selector, key]) =>
    command(id, text, sign, () => press(selector), key),
  );
  return [...pageCommands(), ...own, ...exports];
}
