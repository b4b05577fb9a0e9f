// @ts-check
/** The sheet that lists the keys of every page. */
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

/** Shows the list of keys in a dialog. */
export function showKeys() {
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
