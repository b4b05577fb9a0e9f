// @ts-check
/**
 * The keys of every page; the sheet that lists them is loaded when it is asked for. Letters can be switched off in Settings
 * (`<html data-keys="off">`); they never act while something is being typed.
 */
import { lettersAreOn } from '../graph/nav.js';

/** @type {Record<string, string>} */
const GO = { o: 'overview', m: 'map', t: 'trace', p: 'plan', f: 'findings', e: 'events' };

/** How long `g` waits for the letter that says where to, in ms. */
const GO_MS = 1500;

/** What takes letters itself; of a slider or a box to tick they mean what they mean elsewhere. */
const TYPED = 'input:not([type="range"], [type="checkbox"], [type="radio"]), select, textarea';

/** @param {EventTarget|null} target */
const isTyping = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches(TYPED));

/**
 * Listens to the keys of the page.
 * @param {{actions: Record<string, () => void>, drawing?: (event: KeyboardEvent) => boolean}} on
 *   `actions` by key; `drawing` is asked for every other key
 */
export function startKeys({ actions, drawing }) {
  let [going, since] = [false, 0];
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) {
      if (event.key === 'Escape') /** @type {HTMLElement} */ (event.target).blur();
      return;
    }
    if (document.querySelector('dialog[open]')) return;
    if (going && event.timeStamp - since < GO_MS && GO[event.key] && lettersAreOn()) {
      going = false;
      event.preventDefault();
      go(GO[event.key] ?? '');
      return;
    }
    going = event.key === 'g' && lettersAreOn();
    since = event.timeStamp;
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
export const keySheet = () => import('./key-sheet.js').then(({ showKeys }) => showKeys());
