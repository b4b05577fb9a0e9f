// @ts-check
/**
 * The page's line to the server: one WebSocket per view, kept open. It hands over snapshots and
 * coalesced deltas, asks for a snapshot when a delta does not follow or the line falls silent, and
 * says at any time how fresh the page is. It knows nothing of the drawing.
 *
 * Events: `snapshot` {graph}, `delta` {delta}, `rev` {rev, time}, `gone` {rev},
 * `state` {@link LiveState}.
 *
 * @typedef {import('../types.js').Delta} Delta
 * @typedef {import('../types.js').Graph} Graph
 *
 * @typedef {object} LiveState
 * @property {'connecting'|'live'|'paused'|'reconnecting'|'lost'|'gone'} state
 * @property {string} text the state in words: `live 2 s`, `paused, 14 waiting`, ...
 * @property {number} rev
 * @property {boolean} stale the page has not heard of the server for 30 s
 *
 * @typedef {object} Clock what the socket needs of the world, so that tests can give their own
 * @property {() => number} now ms
 * @property {() => number} random 0 to 1
 * @property {(run: () => void, ms: number) => unknown} after
 * @property {(handle: any) => void} cancel
 * @property {(url: string) => WebSocket} open
 * @property {(run: () => void, ms: number) => unknown} [soon] as `after`, or before that once the
 *   reader asks for it or the machine is online again
 */
import { combine } from '../graph/store.js';
import { gettext } from '../state/words.js';
import { RETRY } from './retry.js';

/** At most four applies a second. */
const APPLY_EVERY_MS = 250;
/** Two heartbeats of 10 s missed. */
const SILENCE_MS = 20_000;
const STALE_MS = 30_000;
const RETRY_MS = { first: 1000, most: 30_000 };

/** @type {Clock} */
export const BROWSER = {
  now: () => Date.now(),
  random: () => Math.random(),
  after: (run, ms) => setTimeout(run, ms),
  cancel: (handle) => clearTimeout(handle),
  open: (url) => new WebSocket(url),
  soon: (run, ms) => {
    const done = new AbortController();
    const once = () => {
      clearTimeout(handle);
      done.abort();
      run();
    };
    const handle = setTimeout(once, ms);
    for (const type of [RETRY, 'online']) addEventListener(type, once, { signal: done.signal });
    return handle;
  },
};

/** How long to wait before the nth attempt, with full jitter.
 * @param {number} attempt from 0 @param {number} random 0 to 1 */
export const retryDelay = (attempt, random) =>
  Math.round(random * Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** attempt));

export class LiveSocket extends EventTarget {
  /** @param {string} url @param {Clock} [clock] */
  constructor(url, clock = BROWSER) {
    super();
    this.url = url;
    this.clock = clock;
    this.rev = 0;
    this.paused = false;
    /** @type {Delta|null} what waits to be applied */
    this.waiting = null;
    /** @type {Set<string>} objects that wait */
    this.objects = new Set();
    this.attempt = 0;
    this.heard = clock.now();
    this.applied = -Infinity;
    this.shownTime = '';
    this.error = '';
    this.closed = false;
    this.asked = false;
    this.gone = false;
    /** whether a snapshot came while paused */
    this.missed = false;
    this.retryAt = 0;
    /** @type {WebSocket|null} */
    this.socket = null;
    /** @type {unknown} */
    this.flushing = null;
    /** @type {unknown} */
    this.retrying = null;
    /** @type {unknown} */
    this.ticking = null;
  }

  /** Opens the line. @param {number} rev the revision the page already shows, 0 for none
   * @param {string} [time] of that revision */
  start(rev, time = '') {
    this.rev = rev;
    this.shownTime = time;
    this.#connect();
    this.#tick();
  }

  /** Closes the line for good. */
  stop() {
    this.closed = true;
    for (const handle of [this.flushing, this.retrying, this.ticking]) this.clock.cancel(handle);
    this.socket?.close();
  }

  pause() {
    this.paused = true;
    this.#say();
  }

  /** Applies what has come meanwhile, as one delta. */
  resume() {
    this.paused = false;
    this.#flush();
    this.#say();
  }

  /** Asks for a snapshot. */
  resync() {
    this.waiting = null;
    this.objects.clear();
    if (this.socket?.readyState === 1) {
      this.asked = true;
      this.socket.send(JSON.stringify({ type: 'resync' }));
    }
  }

  #connect() {
    if (this.closed) return;
    const socket = this.clock.open(this.url);
    this.socket = socket;
    socket.onopen = () => {
      this.attempt = 0;
      this.error = '';
      this.heard = this.clock.now();
      this.#say();
    };
    socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
    socket.onclose = () => {
      if (this.socket === socket) this.#retry();
    };
  }

  #retry() {
    this.socket = null;
    if (this.closed || this.gone) return;
    const delay = retryDelay(this.attempt++, this.clock.random());
    this.retryAt = this.clock.now() + delay;
    const wait = this.clock.soon ?? this.clock.after;
    this.retrying = wait(() => this.#connect(), delay);
    this.#say();
  }

  /** @param {any} message one of docs/graph.md, "Over the socket" */
  #receive(message) {
    this.heard = this.clock.now();
    switch (message.type) {
      case 'snapshot':
        this.#snapshot(message.graph);
        break;
      case 'delta':
        this.#delta(message);
        break;
      case 'heartbeat':
        this.#heartbeat(message);
        break;
      case 'gone':
        this.gone = true;
        this.#emit('gone', { rev: message.rev });
        break;
      case 'error':
        this.error = String(message.message);
        break;
    }
    this.#say();
  }

  /** @param {Graph} graph */
  #snapshot(graph) {
    this.asked = false;
    this.waiting = null;
    this.objects.clear();
    if (this.paused) {
      // What comes while paused is shown on resume; the newest whole picture is asked for then.
      this.missed = true;
      return;
    }
    this.rev = graph.rev;
    this.shownTime = graph.time;
    this.#emit('snapshot', { graph });
  }

  /** @param {Delta} delta */
  #delta(delta) {
    if (this.asked || delta.rev <= this.#reached()) return;
    if (delta.prev > this.#reached()) {
      this.resync();
      return;
    }
    this.waiting = this.waiting ? combine(this.waiting, delta) : delta;
    for (const part of [delta.add, delta.change])
      for (const item of [...(part?.nodes ?? []), ...(part?.edges ?? []), ...(part?.groups ?? [])])
        this.objects.add(item.id);
    for (const ids of Object.values(delta.remove ?? {}))
      for (const id of ids ?? []) this.objects.add(id);
    if (this.paused || this.flushing) return;
    const wait = Math.max(0, this.applied + APPLY_EVERY_MS - this.clock.now());
    this.flushing = this.clock.after(() => this.#flush(), wait);
  }

  /** The revision shown and waiting together. */
  #reached() {
    return Math.max(this.rev, this.waiting?.rev ?? 0);
  }

  /** @param {{rev: number, time?: string}} beat */
  #heartbeat({ rev, time }) {
    if (this.waiting || this.paused || rev <= this.rev) return;
    this.rev = rev;
    if (time) this.shownTime = time;
    this.#emit('rev', { rev, time });
  }

  #flush() {
    this.clock.cancel(this.flushing);
    this.flushing = null;
    if (this.paused) return;
    if (this.missed) {
      this.missed = false;
      this.resync();
      return;
    }
    const delta = this.waiting;
    if (!delta) return;
    this.waiting = null;
    this.objects.clear();
    this.applied = this.clock.now();
    this.rev = delta.rev;
    this.shownTime = delta.time ?? this.shownTime;
    this.#emit('delta', { delta });
    this.#say();
  }

  /** Once a second: silence, and the seconds in the state's words. */
  #tick() {
    if (this.closed) return;
    const silent = this.clock.now() - this.heard;
    if (this.socket?.readyState === 1 && silent > SILENCE_MS && !this.asked) this.resync();
    else if (this.socket?.readyState === 1 && silent > SILENCE_MS * 2) this.socket.close();
    this.#say();
    this.ticking = this.clock.after(() => this.#tick(), 1000);
  }

  /** @returns {LiveState} */
  get state() {
    const silent = this.clock.now() - this.heard;
    const stale = silent > STALE_MS;
    const at = { rev: this.rev, stale };
    const open = this.socket?.readyState === 1;
    if (this.gone) return { state: 'gone', text: gettext('gone'), ...at };
    if (this.paused) {
      const text = gettext('paused, %(count)s waiting', { count: this.objects.size });
      return { state: 'paused', text, ...at };
    }
    if (open) {
      const since = Math.max(0, Math.floor(silent / 1000));
      return { state: 'live', text: gettext('live %(seconds)s s', { seconds: since }), ...at };
    }
    if (this.error) {
      const text = gettext('source lost: %(cause)s', { cause: this.error });
      return { state: 'lost', text, ...at };
    }
    if (this.attempt === 0) return { state: 'connecting', text: gettext('connecting'), ...at };
    const seconds = Math.max(0, Math.ceil((this.retryAt - this.clock.now()) / 1000));
    const time = this.shownTime ? clockTime(this.shownTime) : '';
    const text = time
      ? gettext('reconnecting in %(seconds)s s, showing %(time)s', { seconds, time })
      : gettext('reconnecting in %(seconds)s s', { seconds });
    return { state: 'reconnecting', text, ...at };
  }

  #say() {
    this.#emit('state', this.state);
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The time of day of an ISO time, in the reader's zone.
 * @param {string} iso */
export function clockTime(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
}
