// @ts-check
/**
 * The keys of every page, and the sheet that lists them. Letters can be switched off in Settings
 * (`<html data-keys="off">`); they never act while something is being typed.
 */
import { lettersAreOn } from '../graph/nav.js';
import { gettext } from '../state/words.js';
import { html, icon } from './icon.js';

/** What the sheet lists: keys, words. */
const LIST = /** @type {const} */ ([
  ['/', () => gettext('search or jump')],
  ['g then o m t p f e', () => gettext('go to Overview, Map, Trace, Plan, Findings, Events')],
  ['arrows', () => gettext('nearest card that way')],
  ['Tab', () => gettext('next card in reading order')],
  ['Enter', () => gettext('details of the card')],
  ['e  c', () => gettext('expand, collapse')],
  ['.', () => gettext('only the neighbours')],
  ['h', () => gettext('hide the card')],
  ['t', () => gettext('trace from here')],
  ['j  k', () => gettext('next step, step before, on a trace')],
  ['f', () => gettext('fit the drawing')],
  ['+  -  0', () => gettext('zoom in, out, to 100 %')],
  ['v', () => gettext('Diagram, Table, Text')],
  ['p', () => gettext('pause live updates')],
  ['[  ]', () => gettext('step through revisions')],
  ['>', () => gettext('in the search box: pages and actions')],
  ['x', () => gettext('export')],
  ['Esc', () => gettext('back')],
  ['?', () => gettext('this list')],
]);

/** @type {Record<string, string>} */
const GO = { o: 'overview', m: 'map', t: 'trace', p: 'plan', f: 'findings', e: 'events' };

/** @param {EventTarget|null} target */
const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input, select, textarea'));

/**
 * Listens to the keys of the page.
 * @param {{actions: Record<string, () => void>, drawing?: (event: KeyboardEvent) => boolean}} on
 *   `actions` by key; `drawing` is asked for every other key
 */
export function startKeys({ actions, drawing }) {
  let going = false;
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) {
      if (event.key === 'Escape') /** @type {HTMLElement} */ (event.target).blur();
      return;
    }
    if (document.querySelector('dialog[open]')) return;
    if (going && GO[event.key] && lettersAreOn()) {
      going = false;
      event.preventDefault();
      go(GO[event.key] ?? '');
      return;
    }
    going = event.key === 'g' && lettersAreOn();
    if (going) return;
    if (event.key === '?' && lettersAreOn()) {
      event.preventDefault();
      keySheet();
      return;
    }
    const action = lettersAreOn() || event.key === 'Escape' ? actions[event.key] : undefined;
    if (drawing?.(event)) event.preventDefault();
    else if (action) {
      event.preventDefault();
      action();
    }
  });
}

/** Follows the link of the rail to a page.
 * @param {string} page */
function go(page) {
  const link = document.querySelector(`.rail a[data-page="${page}"]`);
  if (link instanceof HTMLAnchorElement) link.click();
}

/** Shows the list of keys in a dialog. */
export function keySheet() {
  const rows = LIST.map(([keys, words]) =>
    html(
      'div',
      'keys__row',
      html('dt', '', ...keys.split(/\s{2,}/).flatMap((k) => [html('kbd', '', k), ' '])),
      html('dd', '', words()),
    ),
  );
  const close = html('button', 'iconbtn', icon('ui-close'));
  close.type = 'button';
  close.setAttribute('aria-label', gettext('Close'));
  const tour = html('button', 'btn btn--sm', gettext('Take the tour'));
  tour.type = 'button';
  tour.addEventListener('click', () => {
    dialog.close();
    import('./tour.js').then(({ startTour }) => startTour());
  });
  const title = html('h2', '', gettext('Keys'));
  title.id = 'keys-title';
  const dialog = html(
    'dialog',
    'sheet',
    html('div', 'sheet__head', title, close),
    html('dl', 'keys', ...rows),
    html('div', 'sheet__foot', tour),
  );
  dialog.setAttribute('aria-labelledby', title.id);
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}
