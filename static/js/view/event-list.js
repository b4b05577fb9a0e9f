// @ts-check
/**
 * The list of changes, live: rows from `/ws/c/<cluster>/events` (docs/graph.md) come in at the top.
 * Paused, or scrolled away from the top, the list stands still and says how many wait.
 *
 * @typedef {import('../state/happenings.js').Happening} Happening
 */

import { kindClass } from '../graph/measure.js';
import { continues, idOf, joined, passes, titleOf, VERBS } from '../state/happenings.js';
import { html, icon } from './icon.js';

const MOST_ROWS = 1000;
const AT_TOP = 80;
const RETRY_MS = { first: 1000, most: 30_000 };

export class EventList {
  /** @param {HTMLTableElement} table with `data-ws`, `data-cluster`, `data-rev` */
  constructor(table) {
    this.table = table;
    this.body = table.tBodies[0] ?? table.createTBody();
    this.given = new URLSearchParams(location.search);
    /** @type {Record<string, {icon: string, paint: string}>} */
    this.kinds = JSON.parse(document.getElementById('kinds-json')?.textContent ?? '{}');
    /** @type {Happening|null} the change that the first row shows */
    this.newest = null;
    this.rev = Number(table.dataset.rev ?? 0);
    this.paused = false;
    this.attempt = 0;
    /** @type {Happening[]} */
    this.waiting = [];
    this.newer = find('[data-nv="newer"]');
    this.badge = find('[data-nv="live"] [data-slot="text"]');
    this.revision = find('[data-nv="live"] [data-slot="rev"]');
    this.button = find('[data-act="pause"]');
    if (this.button) {
      this.button.hidden = false;
      this.button.addEventListener('click', () => this.toggle());
    }
    this.newer?.addEventListener('click', () => {
      this.#flush();
      scroller().scrollTo({ top: 0 });
    });
    scroller().addEventListener('scroll', () => this.#isStill() || this.#flush(), {
      passive: true,
    });
    this.#connect();
  }

  /** Pauses, or goes on with everything that waited. */
  toggle() {
    this.paused = !this.paused;
    this.button?.setAttribute('aria-pressed', String(this.paused));
    if (!this.paused) this.#flush();
    this.#say(this.paused ? 'paused' : 'live');
  }

  #connect() {
    const url = new URL(this.table.dataset.ws ?? '', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('since', String(this.rev));
    const socket = new WebSocket(url);
    socket.addEventListener('open', () => {
      this.attempt = 0;
      this.#say(this.paused ? 'paused' : 'live');
    });
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(data)));
    socket.addEventListener('close', () => {
      this.#say('reconnecting');
      const wait = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** this.attempt++);
      setTimeout(() => this.#connect(), Math.random() * wait);
    });
  }

  /** @param {{type: string, rev?: number, events?: Happening[], missed?: number}} message */
  #take({ type, rev, events, missed }) {
    if (type !== 'events') return;
    if (missed) this.#say('behind: load the page again');
    const fresh = (events ?? []).filter(
      (event) => event.rev > this.rev && passes(event, this.given),
    );
    this.rev = Math.max(this.rev, rev ?? 0, ...(events ?? []).map((event) => event.rev));
    if (this.revision) this.revision.textContent = `· rev ${this.rev}`;
    this.waiting.push(...fresh);
    if (this.#isStill()) this.#tellWaiting();
    else this.#flush();
  }

  /** Whether the list may not move now. */
  #isStill() {
    return this.paused || scroller().scrollTop > AT_TOP;
  }

  #tellWaiting() {
    if (!this.newer) return;
    this.newer.hidden = this.waiting.length === 0;
    this.newer.textContent = `${this.waiting.length} new`;
  }

  #flush() {
    if (this.waiting.length && this.body.querySelector('tr:not([data-id])'))
      this.body.replaceChildren();
    for (const event of this.waiting) this.#add(event);
    this.waiting = [];
    this.#tellWaiting();
    while (this.body.rows.length > MOST_ROWS) this.body.deleteRow(-1);
  }

  /** Adds a row at the top; a change soon after another of the same object replaces its row.
   * @param {Happening} event */
  #add(event) {
    const first = this.body.rows[0];
    const earlier = first && this.newest && continues(event, this.newest) ? this.newest : null;
    this.newest = earlier ? joined(event, earlier) : event;
    const row = this.#row(this.newest);
    if (earlier && first) first.replaceWith(row);
    else this.body.prepend(row);
  }

  /** @param {Happening} event */
  #row(event) {
    const { sign, word, look } = VERBS[event.verb];
    const { cluster } = this.table.dataset;
    const href = `/c/${cluster}/o/${event.kind}/${event.namespace || '-'}/${event.name}`;
    const time = html('time', '', event.time.slice(11, 19));
    time.dateTime = event.time;
    const fields = (event.fields ?? [])
      .slice(0, 4)
      .flatMap((path, i) => [i ? ', ' : '', html('code', '', path)]);
    const cells = [
      html('td', '', time),
      html('td', '', html('span', `verb ${look}`, html('b', '', sign), ` ${word}`)),
      html('td', '', html('span', 'cell', this.#drawing(event.kind), link(href, titleOf(event)))),
      html('td', 'wrap', ...(event.verb === 'finding' ? [event.text ?? ''] : fields)),
      html('td', '', event.actor ?? ''),
      html('td', 'r num', link(`${href}?tab=history&to=${event.rev}`, String(event.rev))),
    ];
    const row = html('tr', '', ...cells);
    Object.assign(row.dataset, { id: idOf(event), rev: String(event.rev) });
    return row;
  }

  /** The drawing of a kind. @param {string} kind */
  #drawing(kind) {
    const { icon: name, paint } = this.kinds[kind] ?? { icon: 'external', paint: 'external' };
    return html('span', kindClass(paint).replace('k-', 'c-'), icon(`k-${name}`));
  }

  /** @param {string} text */
  #say(text) {
    if (this.badge && this.badge.textContent !== text) this.badge.textContent = text;
  }
}

/** @param {string} selector @returns {HTMLElement|null} */
function find(selector) {
  return document.querySelector(selector);
}

/** What scrolls: the main area on wide screens, the page on narrow ones. */
function scroller() {
  const main = document.querySelector('main');
  return main && main.scrollHeight > main.clientHeight ? main : document.documentElement;
}

/** @param {string} href @param {string} text */
function link(href, text) {
  const a = html('a', 'objlink', text);
  a.href = href;
  a.dir = 'ltr';
  return a;
}
