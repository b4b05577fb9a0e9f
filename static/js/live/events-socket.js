// @ts-check
/**
 * The line to `/ws/c/<cluster>/events` (docs/graph.md), kept open: hands over changes as they come
 * and says how fresh the page is, in the words of the other pages.
 *
 * Events: `events` {events, rev, missed}, `state` {@link import('./socket.js').LiveState}.
 */
import { gettext } from '../state/words.js';
import { BROWSER, clockTime, retryDelay } from './socket.js';

const SILENCE_MS = 25_000;
const STALE_MS = 30_000;

export class EventsSocket extends EventTarget {
  /** @param {string} address @param {number} rev @param {import('./socket.js').Clock} [clock] */
  constructor(address, rev, clock = BROWSER) {
    super();
    this.address = address;
    this.rev = rev;
    this.clock = clock;
    this.attempt = 0;
    this.heard = clock.now();
    this.retryAt = 0;
    this.waiting = 0;
    this.paused = false;
    this.error = '';
    this.closed = false;
    this.time = new Date(this.heard).toISOString();
  }

  start() {
    this.#connect();
    this.#tick();
  }

  /** Closes the line for good. */
  stop() {
    this.closed = true;
    this.socket?.close();
  }

  /** @param {boolean} paused */
  pause(paused) {
    this.paused = paused;
    this.#say();
  }

  /** How many changes the page holds back. @param {number} count */
  hold(count) {
    this.waiting = count;
    this.#say();
  }

  /** @returns {import('./socket.js').LiveState} */
  get state() {
    const silent = this.clock.now() - this.heard;
    const at = { rev: this.rev, stale: silent > STALE_MS };
    const open = this.socket?.readyState === 1;
    if (this.paused)
      return {
        state: 'paused',
        text: gettext('paused, %(count)s waiting', { count: this.waiting }),
        ...at,
      };
    if (open)
      return {
        state: 'live',
        text: gettext('live %(seconds)s s', { seconds: Math.max(0, Math.floor(silent / 1000)) }),
        ...at,
      };
    if (this.error)
      return {
        state: 'lost',
        text: gettext('source lost: %(cause)s', { cause: this.error }),
        ...at,
      };
    if (this.attempt === 0) return { state: 'connecting', text: gettext('connecting'), ...at };
    const seconds = Math.max(0, Math.ceil((this.retryAt - this.clock.now()) / 1000));
    return {
      state: 'reconnecting',
      text: gettext('reconnecting in %(seconds)s s, showing %(time)s', {
        seconds,
        time: clockTime(this.time),
      }),
      ...at,
    };
  }

  #connect() {
    if (this.closed) return;
    const url = new URL(this.address, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('since', String(this.rev));
    url.searchParams.set('lang', globalThis.document?.documentElement.lang || 'en');
    const socket = this.clock.open(url.href);
    this.socket = socket;
    socket.addEventListener('open', () => {
      this.attempt = 0;
      this.error = '';
      this.#hear();
    });
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(data)));
    socket.addEventListener('close', () => this.#again());
  }

  #again() {
    if (this.closed) return;
    const wait = retryDelay(this.attempt++, this.clock.random());
    this.retryAt = this.clock.now() + wait;
    const again = this.clock.soon ?? this.clock.after;
    again(() => this.#connect(), wait);
    this.#say();
  }

  /** @param {{type: string, rev?: number, time?: string, message?: string, missed?: number, events?: unknown[]}} message */
  #take({ type, rev, time, message, missed, events }) {
    if (type === 'error') this.error = message ?? '';
    const since = this.rev;
    if (rev) this.rev = Math.max(this.rev, rev);
    this.time = time ?? new Date(this.clock.now()).toISOString();
    this.#hear();
    if (type === 'events')
      this.dispatchEvent(
        new CustomEvent('events', { detail: { events: events ?? [], missed: missed ?? 0, since } }),
      );
  }

  #hear() {
    this.heard = this.clock.now();
    this.#say();
  }

  #tick() {
    if (this.closed) return;
    const silent = this.clock.now() - this.heard;
    if (this.socket?.readyState === 1 && silent > SILENCE_MS) this.socket.close();
    this.#say();
    this.clock.after(() => this.#tick(), 1000);
  }

  #say() {
    this.dispatchEvent(new CustomEvent('state', { detail: this.state }));
  }
}
