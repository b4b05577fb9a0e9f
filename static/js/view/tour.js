// @ts-check
/**
 * The first-run tour: five stops beside the things they speak of. It is no modal: the page goes on
 * working under it. It shows itself once, on the overview; the list of keys starts it again.
 */
import { gettext } from '../state/words.js';
import { html } from './icon.js';

const KEY = 'nv-tour';
const GAP = 12;

/** On narrow screens the pages, and the list of keys, are behind this button. */
const MENU = '.menubtn';

/** What each stop speaks of, the first of `at` that is on screen.
 * @type {{at: string[], title: () => string, text: (target: HTMLElement) => string}[]} */
const STOPS = [
  {
    at: ['.picker'],
    title: () => gettext('Clusters'),
    text: () =>
      gettext('netviz holds many clusters side by side. Pick one here, make one, or import one.'),
  },
  {
    at: ['form.search'],
    title: () => gettext('Find anything'),
    text: () =>
      gettext(
        'Type a name, an address or a query such as kind:svc ns:shop. The same words filter the drawings and every list. Press / to come here.',
      ),
  },
  {
    at: ['.rail [data-page="map"]', MENU],
    title: () => gettext('The map'),
    text: () =>
      gettext(
        'Who talks to whom. Select a card and open Why to see the object, the field and the value behind it; press e to expand it.',
      ),
  },
  {
    at: ['.rail [data-page="findings"]', MENU],
    title: () => gettext('What is wrong'),
    text: () =>
      gettext(
        'Findings name the object and the field to blame, why it matters and what to do. Trace and Plan answer what would happen.',
      ),
  },
  {
    at: ['.topbar [data-act="help"]', MENU],
    title: () => gettext('Keys and help'),
    text: (target) =>
      target.matches(MENU)
        ? gettext('The settings, at the end of the menu, list the keys and start this tour again.')
        : gettext(
            'Every task has a key: press ? for the list. The tour can be started again there.',
          ),
  },
];

/** Whether the tour has been seen, or cannot be remembered. */
function isSeen() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return true;
  }
}

function remember() {
  try {
    localStorage.setItem(KEY, 'seen');
  } catch {
    // Then it is not shown by itself at all.
  }
}

/** Shows the tour once, where it has not been shown yet. */
export function offerTour() {
  if (isSeen()) return;
  startTour({ focus: false });
}

/** Starts the tour. @param {{focus?: boolean}} [how] whether the focus goes to it */
export function startTour({ focus = true } = {}) {
  remember();
  document.querySelector('.tour')?.dispatchEvent(new Event('nv:end'));
  const stops = STOPS.filter(({ at }) => visible(at));
  if (stops.length === 0) return;
  let index = 0;
  const [over, title, text] = [html('p', 'over'), html('h2'), html('p')];
  title.id = 'tour-title';
  const [skip, back, next] = [
    button('btn btn--quiet btn--sm', gettext('Skip')),
    button('btn btn--sm', gettext('Back')),
    button('btn btn--primary btn--sm', gettext('Next')),
  ];
  const box = html(
    'section',
    'tour',
    over,
    title,
    text,
    html('div', 'tour__foot', skip, html('span', 'tools__gap'), back, next),
  );
  box.setAttribute('role', 'region');
  box.setAttribute('aria-labelledby', title.id);
  const end = () => {
    box.remove();
    lit()?.classList.remove('is-toured');
    removeEventListener('resize', place);
  };
  const lit = () => document.querySelector('.is-toured');
  const place = () => {
    const stop = stops[index];
    const target = stop && visible(stop.at);
    if (!target) return;
    const rect = target.getBoundingClientRect();
    const beside = rect.left < 120 && rect.height < innerHeight / 2 && rect.top > 60;
    const left = beside ? rect.right + GAP : rect.left;
    const top = beside ? rect.top : rect.bottom + GAP;
    box.style.left = `${Math.max(GAP, Math.min(left, innerWidth - box.offsetWidth - GAP))}px`;
    box.style.top = `${Math.max(GAP, Math.min(top, innerHeight - box.offsetHeight - GAP))}px`;
  };
  const show = () => {
    const stop = stops[index];
    if (!stop) return end();
    lit()?.classList.remove('is-toured');
    const target = visible(stop.at);
    target?.classList.add('is-toured');
    over.textContent = gettext('%(number)s of %(all)s', { number: index + 1, all: stops.length });
    title.textContent = stop.title();
    text.textContent = target ? stop.text(target) : '';
    back.hidden = index === 0;
    next.textContent = index === stops.length - 1 ? gettext('Done') : gettext('Next');
    place();
  };
  const go = (/** @type {number} */ by) => {
    index += by;
    show();
  };
  skip.addEventListener('click', end);
  back.addEventListener('click', () => go(-1));
  next.addEventListener('click', () => go(1));
  box.addEventListener('nv:end', end);
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    end();
  });
  addEventListener('resize', place);
  document.body.append(box);
  show();
  if (focus) next.focus();
}

/** @param {string[]} selectors @returns {HTMLElement|null} the first that is on screen */
function visible(selectors) {
  for (const selector of selectors) {
    const found = document.querySelector(selector);
    if (!(found instanceof HTMLElement) || found.getClientRects().length === 0) continue;
    const { left, right } = found.getBoundingClientRect();
    if (right > 0 && left < innerWidth) return found;
  }
  return null;
}

/** @param {string} cls @param {string} text */
function button(cls, text) {
  const made = html('button', cls, text);
  made.type = 'button';
  return made;
}
