// @ts-check
/**
 * Keeps a page that the server draws current: when something changed, the same page is read again
 * and its parts marked `data-live="name"` are put in place, at most once in two seconds.
 */
import { EventsSocket } from '../live/events-socket.js';
import { LiveBadge } from './live-badge.js';

const EVERY_MS = 2000;

/** Starts it, where the page has a badge with `data-ws`. */
export function keepCurrent() {
  const badge = /** @type {HTMLElement|null} */ (document.querySelector('[data-nv="live"]'));
  if (!badge?.dataset.ws) return;
  const live = new LiveBadge(badge, null);
  const socket = new EventsSocket(badge.dataset.ws, Number(badge.dataset.rev ?? 0));
  socket.addEventListener('state', (event) => live.show(/** @type {CustomEvent} */ (event).detail));
  let timer = 0;
  let last = 0;
  const read = async () => {
    timer = 0;
    last = Date.now();
    const response = await fetch(location.href).catch(() => null);
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const part of document.querySelectorAll('[data-live]')) {
      const fresh = page.querySelector(`[data-live="${part.getAttribute('data-live')}"]`);
      if (fresh && fresh.innerHTML !== part.innerHTML && !part.contains(document.activeElement))
        part.replaceChildren(...[...fresh.childNodes].map((n) => document.importNode(n, true)));
    }
  };
  socket.addEventListener('events', (event) => {
    const { events, missed } = /** @type {CustomEvent} */ (event).detail;
    if (!timer && (events.length || missed))
      timer = window.setTimeout(read, Math.max(200, last + EVERY_MS - Date.now()));
  });
  socket.start();
}
