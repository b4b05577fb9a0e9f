// @ts-check
/**
 * The entry of an object's page: line anchors and copying its YAML, tiny pictures of its diagrams,
 * and the edges that a field caused.
 */
import { gettext } from '../state/words.js';
import { startDrills } from '../view/drills.js';
import { startPage } from '../view/page.js';
import { toast } from '../view/toast.js';

startPage();

const cluster = location.pathname.split('/')[2];
startDrills({
  ws: `/ws/c/${cluster}/events`,
  rev: () => {
    const badge = document.querySelector('[data-nv="live"]');
    return Number(badge instanceof HTMLElement ? badge.dataset.rev : 0);
  },
});

for (const button of document.querySelectorAll('[data-act="copy-yaml"]')) {
  const { href } = /** @type {HTMLElement} */ (button).dataset;
  if (!href || !navigator.clipboard) continue;
  /** @type {HTMLElement} */ (button).hidden = false;
  button.addEventListener('click', async () => {
    const response = await fetch(href);
    if (!response.ok) return toast(gettext('The YAML could not be read.'));
    await navigator.clipboard.writeText(await response.text());
    toast(gettext('YAML copied.'));
  });
}

// A press on a line's number puts the line into the address.
document.addEventListener('click', (event) => {
  const line = /** @type {Element} */ (event.target).closest('.yaml .l[id]');
  const mouse = /** @type {MouseEvent} */ (event);
  if (!line || mouse.clientX - line.getBoundingClientRect().left > 48) return;
  location.hash = line.id;
});

document.querySelector('.yaml .l.hl')?.scrollIntoView({ block: 'center' });

const rest = () =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(resolve, { timeout: 2000 });
    else setTimeout(resolve, 200);
  });

const previews = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-preview]')]);
if (previews.length)
  rest()
    .then(() => import('../view/previews.js'))
    .then(({ startPreviews }) => startPreviews(previews));

const fields = /** @type {HTMLElement|null} */ (document.querySelector('[data-field-edges]'));
if (fields) import('../view/field-edges.js').then(({ startFieldEdges }) => startFieldEdges(fields));
