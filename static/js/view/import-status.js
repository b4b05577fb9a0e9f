// @ts-check
/**
 * Keeps the page of a running import current: the server's own fragment (`?part=status`) is put in
 * place after every message of its socket, and every second without one.
 */

const EVERY_MS = 1000;
const SOON_MS = 150;

/** @param {HTMLElement} box holds the fragment; `data-ws` is the socket's address */
export function followImport(box) {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  const socket = open(box.dataset.ws ?? '');
  const later = (/** @type {number} */ ms) => {
    clearTimeout(timer);
    timer = setTimeout(refresh, ms);
  };
  const refresh = async () => {
    const again = await load(box);
    if (again) later(EVERY_MS);
    else socket?.close();
  };
  socket?.addEventListener('message', () => later(SOON_MS));
  later(SOON_MS);
}

/** @param {string} address @returns {WebSocket|null} */
function open(address) {
  if (!address) return null;
  const url = new URL(address, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return new WebSocket(url);
}

/**
 * Replaces the fragment; focus inside it stays where it was.
 * @param {HTMLElement} box
 * @returns {Promise<boolean>} whether the import goes on
 */
async function load(box) {
  const url = new URL(location.href);
  url.searchParams.set('part', 'status');
  try {
    const response = await fetch(url, { headers: { Accept: 'text/html' } });
    if (!response.ok) return true;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    box.replaceChildren(...page.body.childNodes);
  } catch {
    return true; // the server is away: try again
  }
  const state =
    /** @type {HTMLElement|null} */ (box.querySelector('[data-state]'))?.dataset.state ?? '';
  return state === 'waiting' || state === 'running';
}
