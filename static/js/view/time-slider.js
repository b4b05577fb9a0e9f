// @ts-check
/**
 * The time slider: steps over the revisions that the log holds, newest at the right; its right end
 * is live. `[data-nv="time"]` with `data-revisions` holds a range, two buttons and an output.
 *
 * @typedef {{rev: number, time: string, verb: string, what: string, by: string}} Step
 */
import { clockTime } from '../live/socket.js';
import { gettext } from '../state/words.js';

const WAIT_MS = 150;
/** @type {Record<string, string>} */
const SIGNS = { added: '+', modified: '~', deleted: '−' };

export class TimeSlider {
  /**
   * @param {HTMLElement} bar
   * @param {(rev: number|null, time: string) => void} show a revision, null for live
   */
  constructor(bar, show) {
    this.bar = bar;
    this.show = show;
    /** @type {Step[]} */
    this.steps = [];
    this.input = /** @type {HTMLInputElement} */ (bar.querySelector('input[type="range"]'));
    this.output = /** @type {HTMLElement} */ (bar.querySelector('output'));
    this.input.addEventListener('input', () => this.#moved());
    bar.addEventListener('keydown', (event) => {
      const opener = /** @type {HTMLElement|null} */ (document.querySelector('[data-act="time"]'));
      if (event.key !== 'Escape' || !opener) return;
      event.preventDefault();
      opener.click();
      opener.focus();
    });
    bar.querySelector('[data-act="earlier"]')?.addEventListener('click', () => this.step(-1));
    bar.querySelector('[data-act="later"]')?.addEventListener('click', () => this.step(1));
  }

  /** Shows or hides the slider. @param {number|null} at the revision looked at */
  async toggle(at) {
    this.bar.hidden = !this.bar.hidden;
    if (!this.bar.hidden) {
      await this.#load();
      this.stand(at);
      this.input.focus();
    }
    return !this.bar.hidden;
  }

  /** Puts the slider where the page is. @param {number|null} at */
  stand(at) {
    this.at = at;
    const last = this.steps.length - 1;
    const index = at === null ? last : this.steps.findLastIndex((step) => step.rev <= at);
    this.input.value = String(Math.max(0, index));
    this.#tell();
  }

  /** Goes a revision back or on. @param {number} by */
  async step(by) {
    if (this.at === null || this.at === undefined || !this.steps.length) await this.#load();
    const last = this.steps.length - 1;
    const at = this.at ?? null;
    const from = at === null ? last : this.steps.findLastIndex((step) => step.rev <= at);
    const to = Math.max(0, Math.min(last, from + by));
    this.input.value = String(to);
    this.#go(to);
  }

  async #load() {
    const response = await fetch(this.bar.dataset.revisions ?? '').catch(() => null);
    if (!response?.ok) return;
    const { revisions } = await response.json();
    /** @type {Step[]} */
    this.steps = revisions;
    this.input.max = String(Math.max(0, this.steps.length - 1));
    this.input.disabled = this.steps.length < 2;
  }

  #moved() {
    this.#tell();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#go(Number(this.input.value)), WAIT_MS);
  }

  /** @param {number} index */
  #go(index) {
    const step = this.steps[index];
    if (!step) return;
    this.at = index === this.steps.length - 1 ? null : step.rev;
    this.#tell();
    this.show(this.at, step.time);
  }

  #tell() {
    const index = Number(this.input.value);
    const step = this.steps[index];
    if (!step) {
      this.output.textContent = gettext('The log holds nothing to step over.');
      return;
    }
    const last = index === this.steps.length - 1;
    const what = `${SIGNS[step.verb] ?? ''} ${step.what}`.trim();
    const text = gettext('%(time)s · rev %(rev)s · %(what)s', {
      time: clockTime(step.time),
      rev: step.rev,
      what,
    });
    this.output.textContent = last ? `${gettext('live')} · ${text}` : text;
    this.input.setAttribute('aria-valuetext', this.output.textContent);
  }
}

/** Says which revision is looked at. @param {number|null} rev @param {string} [time] RFC 3339 */
export function showAtBanner(rev, time = '') {
  const banner = /** @type {HTMLElement|null} */ (document.querySelector('[data-nv="at"]'));
  const slot = banner?.querySelector('[data-slot="text"]');
  if (!banner || !slot) return;
  if (rev === null && banner.contains(document.activeElement))
    document.querySelector('main')?.focus();
  banner.hidden = rev === null;
  const day = time.slice(0, 10);
  const today = new Date().toISOString().slice(0, 10) === day;
  const clock = [today ? '' : day, clockTime(time)].filter(Boolean).join(' ');
  if (rev !== null)
    slot.textContent = gettext('Viewing %(time)s, revision %(rev)s.', { time: clock, rev });
}
