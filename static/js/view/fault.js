// @ts-check
/** What stands in the place of a drawing that failed: the cause, a number to tell, what to do. */
import { gettext } from '../state/words.js';
import { press } from './commands.js';
import { html, icon } from './icon.js';

/** @param {HTMLElement} view the `nv-diagram` @param {string} message */
export function showFault(view, message) {
  const number = Date.now().toString(36);
  const button = (/** @type {string} */ cls, /** @type {string} */ text, run = () => {}) => {
    const made = html('button', cls, text);
    made.type = 'button';
    made.addEventListener('click', run);
    return made;
  };
  const card = html(
    'div',
    'empty',
    icon('ui-findings', 'i--24'),
    html('h2', '', gettext('The drawing failed')),
    html('p', 'muted', gettext('%(message)s (number %(number)s)', { message, number })),
    html(
      'p',
      '',
      button('btn btn--primary', gettext('Try again'), () => location.reload()),
      ' ',
      button('btn', gettext('Open as table'), () => press('[role="tab"][data-view="table"]')),
    ),
  );
  card.setAttribute('role', 'alert');
  view.after(card);
  console.error(`netviz ${number}: ${message}`);
}
