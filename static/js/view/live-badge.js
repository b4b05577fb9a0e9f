// @ts-check
/** The state of the line to the server in the top bar, and the button that pauses it. */
import { RETRY } from '../live/retry.js';
import { gettext } from '../state/words.js';
import { html, icon } from './icon.js';

/** @typedef {import('../live/socket.js').LiveState} LiveState */

/** @type {Record<string, string>} words for screen readers, without the running seconds */
const PLAIN = {
  live: gettext('live'),
  connecting: gettext('connecting'),
  reconnecting: gettext('reconnecting'),
  lost: gettext('source lost'),
  gone: gettext('gone'),
};

export class LiveBadge {
  /**
   * @param {HTMLElement} badge with `[data-slot="text"]` and `[data-slot="rev"]`
   * @param {HTMLElement|null} button pauses and resumes
   */
  constructor(badge, button) {
    this.badge = badge;
    this.button = button;
    this.text = badge.querySelector('[data-slot="text"]');
    this.rev = badge.querySelector('[data-slot="rev"]');
    this.state = '';
    badge.removeAttribute('role');
    this.status = document.createElement('span');
    this.status.className = 'sr';
    this.status.setAttribute('role', 'status');
    this.retry = html('button', 'btn btn--sm live__retry', gettext('Try now'));
    this.retry.type = 'button';
    this.retry.hidden = true;
    this.retry.addEventListener('click', () => dispatchEvent(new Event(RETRY)));
    badge.after(this.retry, this.status);
  }

  /** @param {LiveState|{state: 'snapshot', text: string, rev: number, stale: boolean}} live */
  show({ state, text, rev, stale }) {
    if (this.text) this.text.textContent = text;
    if (this.rev) this.rev.textContent = rev ? ` · ${gettext('rev %(rev)s', { rev })}` : '';
    this.badge.dataset.state = state;
    this.badge.title = text;
    this.badge.classList.toggle('is-stale', stale);
    if (state === this.state) return;
    this.state = state;
    this.retry.hidden = state !== 'reconnecting' && state !== 'lost';
    this.status.textContent = PLAIN[state] ?? text;
    const paused = state === 'paused';
    this.button?.setAttribute('aria-pressed', String(paused));
    const label = paused ? gettext('Resume live updates') : gettext('Pause live updates');
    this.button?.setAttribute('aria-label', label);
    this.button?.replaceChildren(icon(paused ? 'ui-play' : 'ui-pause'));
  }
}
