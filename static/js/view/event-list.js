// @ts-check
/**
 * The list of changes, live: rows come in at the top; only those in sight are in the document.
 * Paused, or scrolled away from the top, the list stands still and says how many wait. At its end
 * it reads on in the log. What a change does not say of its object (its labels, its addresses), the
 * server is asked.
 *
 * @typedef {import('../state/happenings.js').Happening} Happening
 */

import { kindClass } from '../graph/measure.js';
import { EventsSocket } from '../live/events-socket.js';
import { continues, idOf, joined, passes, ruleOf, titleOf, VERBS } from '../state/happenings.js';
import { quoted } from '../state/query.js';
import { gettext, ngettext } from '../state/words.js';
import { html, icon } from './icon.js';
import { LiveBadge } from './live-badge.js';
import { VirtualRows } from './virtual-rows.js';

const MOST_ROWS = 5000;
const AT_TOP = 80;
const ROW_HEIGHT = 44;
const MOST_FIELDS = 4;
/** Milliseconds in which changes are gathered before the server is asked which of them fit. */
const GATHERED = 400;

export class EventList {
  /** @param {HTMLTableElement} table with `data-ws`, `data-cluster`, `data-rev`, `data-older` */
  constructor(table) {
    this.table = table;
    this.given = new URLSearchParams(location.search);
    /** @type {Record<string, {icon: string, paint: string}>} */
    this.kinds = JSON.parse(document.getElementById('kinds-json')?.textContent ?? '{}');
    const body = table.tBodies[0] ?? table.createTBody();
    for (const row of [...body.rows]) if (!row.dataset.id) row.remove();
    table.classList.add('table--virtual');
    this.list = new VirtualRows(body, {
      scroller: scroller(),
      rowHeight: ROW_HEIGHT,
    });
    /** @type {Happening|null} the change that the first row shows */
    this.newest = told(this.list.rows[0]);
    this.paused = false;
    /** @type {Happening[]} */
    this.waiting = [];
    this.unclear = 0;
    /** The last revision whose changes were taken, or that the server was asked about. */
    this.known = Number(table.dataset.rev ?? 0);
    this.asking = 0;
    this.older = table.dataset.older ?? '';
    this.newer = find('[data-nv="newer"]');
    this.button = find('[data-act="pause"]');
    const badge = find('[data-nv="live"]');
    const live = badge && new LiveBadge(badge, this.button);
    this.socket = new EventsSocket(table.dataset.ws ?? '', Number(table.dataset.rev ?? 0));
    this.socket.addEventListener('state', (event) =>
      live?.show(/** @type {CustomEvent} */ (event).detail),
    );
    this.socket.addEventListener('events', (event) =>
      this.#take(/** @type {CustomEvent} */ (event).detail),
    );
    if (this.button) {
      this.button.hidden = false;
      this.button.addEventListener('click', () => this.toggle());
    }
    this.newer?.addEventListener('click', () => this.#catchUp());
    const seen = scroller() === document.documentElement ? window : scroller();
    seen.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    find('[data-nv="older"]')?.setAttribute('hidden', '');
    if (table.dataset.ws) this.socket.start();
  }

  /** Pauses, or goes on with everything that waited. */
  toggle() {
    this.paused = !this.paused;
    if (!this.paused) this.#flush();
    this.socket.pause(this.paused);
  }

  /** @param {{events: Happening[], missed: number, since: number}} message */
  #take({ events, missed, since }) {
    this.unclear += missed;
    let asks = false;
    for (const event of events) {
      if (event.rev <= since) continue;
      const fits = passes(event, this.given);
      if (fits === null) asks = true;
      else if (fits) this.waiting.push(event);
    }
    if (asks) this.#askSoon();
    this.#show();
  }

  #show() {
    if (this.#isStill()) this.#tellWaiting();
    else this.#flush();
  }

  #askSoon() {
    if (this.asking) return;
    this.asking = window.setTimeout(async () => {
      await this.#ask();
      this.asking = 0;
    }, GATHERED);
  }

  /** Asks the server for the changes that fit and are newer than those it was asked for before. */
  async #ask() {
    const address = new URL(location.href);
    address.searchParams.delete('before');
    const rows = await rowsAt(address).catch(() => null);
    if (!rows) {
      this.unclear++;
      return this.#tellWaiting();
    }
    const fresh = rows.found.map(told).filter((event) => event && event.rev > this.known);
    this.known = Math.max(this.known, rows.rev);
    this.waiting.push(.../** @type {Happening[]} */ (fresh.reverse()));
    this.#show();
  }

  /** Whether the list may not move now. */
  #isStill() {
    return this.paused || scroller().scrollTop > AT_TOP;
  }

  #tellWaiting() {
    this.socket.hold(this.waiting.length + this.unclear);
    if (!this.newer) return;
    const count = this.waiting.length;
    this.newer.hidden = count + this.unclear === 0;
    this.newer.textContent = this.unclear
      ? ngettext(
          '%(count)s change may fit: read again',
          '%(count)s changes may fit: read again',
          count + this.unclear,
        )
      : ngettext('%(count)s new', '%(count)s new', count);
  }

  #catchUp() {
    if (this.unclear) return location.reload();
    this.#flush();
    scroller().scrollTo({ top: 0 });
  }

  #flush() {
    const { waiting } = this;
    this.waiting = [];
    /** @type {HTMLTableRowElement[]} */
    const fresh = [];
    for (const event of waiting) {
      const earlier = this.newest && continues(event, this.newest) ? this.newest : null;
      this.newest = earlier ? joined(event, earlier) : event;
      const row = this.#row(this.newest);
      if (!earlier) fresh.unshift(row);
      else if (fresh.length) fresh[0] = row;
      else this.list.replace(0, row);
    }
    if (fresh.length) {
      find('[data-nv="none"]')?.remove();
      this.list.prepend(fresh);
      this.list.trim(MOST_ROWS);
    }
    this.#tellWaiting();
  }

  #scrolled() {
    const box = scroller();
    if (!this.#isStill()) this.#flush();
    if (box.scrollTop + box.clientHeight > box.scrollHeight - 800) this.#readOn();
  }

  /** Reads the next stretch of the log. */
  async #readOn() {
    if (!this.older || this.reading || this.list.length >= MOST_ROWS) return;
    this.reading = true;
    try {
      const { found, older } = await rowsAt(this.older);
      this.older = older;
      this.list.append(found.map((row) => document.importNode(row, true)));
    } catch {
      // The reader scrolls again.
    } finally {
      this.reading = false;
    }
  }

  /** @param {Happening} event */
  #row(event) {
    const { sign, text, look } = VERBS[event.verb];
    const base = `/c/${this.table.dataset.cluster}`;
    const href = `${base}/o/${event.kind}/${event.namespace || '-'}/${event.name}`;
    const time = html('time', '', event.time.slice(11, 19));
    time.dateTime = event.time;
    const fields = event.fields ?? [];
    const codes = fields
      .slice(0, MOST_FIELDS)
      .flatMap((path, i) => [i ? ', ' : '', html('code', '', path)]);
    if (fields.length > MOST_FIELDS)
      codes.push(` ${gettext('and %(count)s more', { count: fields.length - MOST_FIELDS })}`);
    const links = html(
      'span',
      'rowlinks',
      link(mapAddress(base, event), gettext('map')),
      event.verb === 'finding'
        ? link(`/help/findings/${ruleOf(event)}`, gettext('why'))
        : link(`${href}?tab=history&to=${event.rev}`, gettext('diff')),
    );
    const cells = [
      html('td', '', time),
      html('td', '', html('span', `verb ${look}`, html('b', '', sign), ` ${text}`)),
      html('td', '', html('span', 'cell', this.#drawing(event.kind), link(href, titleOf(event)))),
      ...(event.verb === 'finding'
        ? [toldCell(event.text ?? '')]
        : [html('td', 'wrap', ...codes), html('td', '', event.actor ?? '')]),
      html('td', 'r', links),
    ];
    const row = html('tr', 'is-new', ...cells);
    Object.assign(row.dataset, {
      id: idOf(event),
      rev: String(event.rev),
      verb: event.verb,
      time: event.time,
      actor: event.actor ?? '',
      fields: fields.join(' '),
      text: event.text ?? '',
    });
    return row;
  }

  /** The drawing of a kind. @param {string} kind */
  #drawing(kind) {
    const { icon: name, paint } = this.kinds[kind] ?? { icon: 'external', paint: 'external' };
    return html('span', kindClass(paint).replace('k-', 'c-'), icon(`k-${name}`));
  }
}

/** The words of a finding, over the places of fields and actor.
 * @param {string} text */
function toldCell(text) {
  const cell = html('td', 'wrap', text);
  cell.colSpan = 2;
  cell.title = text;
  return cell;
}

/** Where an object is lit on the map.
 * @param {string} base @param {Happening} event */
function mapAddress(base, { kind, namespace, name }) {
  const query = new URLSearchParams({ q: `name:${quoted(name)}` });
  if (namespace) Object.entries({ lvl: 'L1', ns: namespace }).map(([k, v]) => query.set(k, v));
  else if (kind === 'Namespace') query.set('lvl', 'L0');
  return `${base}/map?${query}`;
}

/** The rows of a page of changes, and where older ones are.
 * @param {string|URL} address
 * @returns {Promise<{found: HTMLTableRowElement[], older: string, rev: number}>} */
async function rowsAt(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(String(response.status));
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const table = /** @type {HTMLTableElement|null} */ (page.querySelector('[data-nv="events"]'));
  return {
    found: [...(table?.tBodies[0]?.rows ?? [])].filter((row) => row.dataset.id),
    older: table?.dataset.older ?? '',
    rev: Number(table?.dataset.rev ?? 0),
  };
}

/** The change that a row of the server tells.
 * @param {HTMLTableRowElement|undefined} row @returns {Happening|null} */
function told(row) {
  const { id, rev, verb, time, actor, fields, text } = row?.dataset ?? {};
  if (!id || !time) return null;
  const [kind = '', namespace = '', name = ''] = id.split('/');
  return {
    kind,
    namespace,
    name,
    time,
    rev: Number(rev),
    verb: /** @type {Happening['verb']} */ (verb),
    actor: actor ?? '',
    fields: (fields ?? '').split(' ').filter(Boolean),
    text: text ?? '',
  };
}

/** @param {string} selector @returns {HTMLElement|null} */
function find(selector) {
  return document.querySelector(selector);
}

/** What scrolls: the main area on wide screens, the page on narrow ones. */
function scroller() {
  const main = document.querySelector('main');
  const scrolls = main && ['auto', 'scroll'].includes(getComputedStyle(main).overflowY);
  return scrolls ? main : document.documentElement;
}

/** @param {string} href @param {string} text */
function link(href, text) {
  const a = html('a', 'objlink', text);
  a.href = href;
  a.dir = 'ltr';
  return a;
}
