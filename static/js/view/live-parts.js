// @ts-check
/**
 * The parts of a page that refresh by themselves: elements with `data-live="name"`, each taken over
 * from the same page fetched anew. `[data-nv="live"]` with `data-ws` and `data-rev` starts it and
 * shows how fresh the page is; `[data-nv="gone"]` is shown while what the page is of is gone.
 */
import { untilLoaded } from '../live/module.js';
import { Refresher } from '../live/refresh.js';
import { LiveBadge } from './live-badge.js';
import { morph } from './morph.js';

/** @param {ParentNode} root @returns {Map<string, HTMLElement>} */
const partsOf = (root) =>
  new Map(
    [...root.querySelectorAll('[data-live]')].map((part) => {
      const element = /** @type {HTMLElement} */ (part);
      return [element.dataset.live ?? '', element];
    }),
  );

/** Takes over what a page fetched anew has.
 * @param {string} text its HTML */
function takeOver(text) {
  const fresh = partsOf(new DOMParser().parseFromString(text, 'text/html'));
  for (const [name, part] of partsOf(document)) {
    const to = fresh.get(name);
    if (to) morph(part, to);
  }
}

/** Fetches the page; an answer without content says that what it is of is gone.
 * @param {string} address */
async function fetchPage(address) {
  const answer = await fetch(address, {
    headers: { 'X-Netviz-Part': 'live' },
    cache: 'no-store',
    redirect: 'error',
  }).catch(() => null);
  if (!answer) return;
  const note = document.querySelector('[data-nv="gone"]');
  const isGone = answer.status === 204 || answer.status === 404;
  if (note instanceof HTMLElement) note.hidden = !isGone;
  if (answer.status === 200) takeOver(await answer.text());
}

/** Starts it where the page has such parts. */
export async function startLiveParts() {
  const badge = document.querySelector('[data-nv="live"][data-ws][data-rev]');
  if (!(badge instanceof HTMLElement)) return;
  const button = document.querySelector('[data-act="pause"]');
  const pause = button instanceof HTMLElement ? button : null;
  const live = new LiveBadge(badge, pause);
  const refresher = new Refresher({
    now: () => performance.now(),
    after: (run, ms) => setTimeout(run, ms),
    fetch: () => fetchPage(badge.dataset.href || location.href).catch(() => {}),
    isHidden: () => document.hidden,
  });
  const url = new URL(badge.dataset.ws ?? '', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const { LiveSocket } = await untilLoaded(() => import('../live/socket.js'));
  const socket = new LiveSocket(url.href);
  socket.addEventListener('state', (event) =>
    live.show(/** @type {CustomEvent<import('../live/socket.js').LiveState>} */ (event).detail),
  );
  socket.addEventListener('rev', () => refresher.ask());
  document.addEventListener('visibilitychange', () => refresher.go());
  if (pause) {
    pause.hidden = false;
    pause.addEventListener('click', () => {
      if (!socket.paused) return socket.pause();
      socket.resume();
      socket.resync();
    });
  }
  socket.start(Number(badge.dataset.rev));
}
