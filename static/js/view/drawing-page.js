// @ts-check
/**
 * What pages with a drawing beside other things share: the live badge, the buttons around the
 * drawing, exports, the table and outline of the same graph.
 */

import { gettext } from '../state/words.js';
import { LiveBadge } from './live-badge.js';
import { say, toast } from './toast.js';

/** @typedef {import('../graph/diagram.js').NvDiagram} NvDiagram */

const LEAST_HEIGHT = 240;

/** @param {string} selector @returns {HTMLElement|null} */
const find = (selector) => document.querySelector(selector);

/** Shows how fresh the drawing is, and what it has to say.
 * @param {NvDiagram} view @param {{gone: string}} words */
export function startLive(view, { gone }) {
  const badge = find('[data-nv="live"]');
  const live = badge && new LiveBadge(badge, find('[data-act="pause"]'));
  view.addEventListener('nv:state', (event) =>
    live?.show(/** @type {CustomEvent} */ (event).detail),
  );
  view.addEventListener('nv:say', (event) => {
    const { text, quiet } = /** @type {CustomEvent} */ (event).detail;
    if (quiet) say(text);
    else toast(text);
  });
  view.addEventListener('nv:gone', () => toast(gone));
}

/** Gives the panel of a drawing the height that it needs, once: nothing moves later.
 * @param {NvDiagram} view @param {number} most in px */
export function startHeight(view, most) {
  view.addEventListener(
    'nv:graph',
    () => {
      const panel = view.parentElement;
      const { width, height } = view.canvas?.layout ?? { width: 0, height: 0 };
      if (!panel || !width || !panel.clientWidth) return;
      const scale = Math.min(1, panel.clientWidth / width);
      const needed = Math.ceil(height * scale) + 56;
      panel.style.height = `${Math.max(LEAST_HEIGHT, Math.min(most, needed))}px`;
    },
    { once: true },
  );
}

/** Makes the buttons around a drawing work; returns what they do, by name.
 * @param {NvDiagram} view */
export function startButtons(view) {
  const actions = {
    pause: () => (view.isPaused ? view.resume() : view.pause()),
    fit: () => view.fit(),
    tidy: () => {
      if (view.tidy())
        toast(gettext('Tidied.'), { label: gettext('Undo'), run: () => view.undoTidy() });
      else toast(gettext('Nothing had moved.'));
    },
    share: () => copy(location.href, gettext('Link copied.')),
  };
  for (const [name, run] of Object.entries(actions))
    for (const button of document.querySelectorAll(`[data-act="${name}"]`))
      button.addEventListener('click', run);
  for (const item of document.querySelectorAll('[data-export]'))
    item.addEventListener('click', () =>
      view.exportAs(/** @type {HTMLElement} */ (item).dataset.export ?? 'svg'),
    );
  return actions;
}

/** Copies a text, and says so; where that is not allowed the text itself is said.
 * @param {string} text @param {string} done */
export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(text);
  }
}

/** Makes links whose target is a text copy it: `<a href data-copy="Copied.">`. */
export function startCopies() {
  document.addEventListener('click', async (event) => {
    const link = /** @type {Element} */ (event.target).closest('a[data-copy]');
    if (!(link instanceof HTMLAnchorElement) || !navigator.clipboard) return;
    event.preventDefault();
    const response = await fetch(link.href);
    if (response.ok) copy(await response.text(), link.dataset.copy ?? '');
    else toast(gettext('It could not be read.'));
  });
}
