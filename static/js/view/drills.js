// @ts-check
/**
 * Drills as buttons: an object's forms (`[data-drills]`) are sent without leaving the page, and a
 * panel tells step by step what followed, with the way back. Without scripts the same forms lead to
 * the object's page.
 */
import { EventsSocket } from '../live/events-socket.js';
import { titleOf, VERBS } from '../state/happenings.js';
import { followed } from '../state/steps.js';
import { gettext } from '../state/words.js';
import { html, icon } from './icon.js';
import { toast } from './toast.js';

const MOST_STEPS = 40;

/** @typedef {{drill: string, label: string, address: string}} Undo */
/** @typedef {import('../state/happenings.js').Happening} Happening */

/** Shows an object's drills, where it has any.
 * @param {HTMLElement} box @param {string} href of the object, '' for none */
export async function showDrills(box, href) {
  if (box.dataset.href === href) return;
  box.dataset.href = href;
  box.hidden = true;
  box.replaceChildren();
  if (!href) return;
  const url = new URL(href, location.href);
  url.searchParams.set('part', 'drills');
  const response = await fetch(url, { headers: { Accept: 'text/html' } }).catch(() => null);
  if (!response?.ok || box.dataset.href !== href) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  box.replaceChildren(...page.body.childNodes);
  box.hidden = !box.querySelector('form');
}

/**
 * Sends the forms under `[data-drills]` in place.
 * @param {{ws: string, rev: () => number, done?: () => void}} page `ws` of the cluster's events
 */
export function startDrills({ ws, rev, done }) {
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.closest('[data-drills]')) return;
    event.preventDefault();
    const panel = new Followed(ws, rev(), form);
    for (const button of form.querySelectorAll('button')) button.disabled = true;
    await panel.send(form.action, new FormData(form));
    for (const button of form.querySelectorAll('button')) button.disabled = false;
    if (!panel.isGone) done?.();
  });
}

/** The panel that tells what followed a drill. */
class Followed {
  /** @param {string} ws @param {number} rev the revision before
   * @param {HTMLElement} from where the drill was pressed */
  constructor(ws, rev, from) {
    this.from = from;
    /** whether the focus goes along, since what has it goes away */
    this.holds = from.contains(document.activeElement);
    for (const old of document.querySelectorAll('.followed'))
      old.dispatchEvent(new Event('nv:end'));
    /** @type {Happening[]} */
    this.events = [];
    /** the revision that the drawing was taken to from here */
    this.shown = 0;
    this.before = rev;
    this.title = html('h2', '', gettext('What follows'));
    this.list = html('ol', 'followed__steps');
    this.foot = html('div', 'followed__foot');
    const close = html('button', 'iconbtn', icon('ui-close'));
    close.type = 'button';
    close.setAttribute('aria-label', gettext('Close'));
    this.box = html(
      'section',
      'followed',
      html('div', 'followed__head', this.title, close),
      this.list,
      this.foot,
    );
    this.box.setAttribute('role', 'status');
    this.close = close;
    close.addEventListener('click', () => this.end());
    this.box.addEventListener('nv:end', () => this.end());
    this.box.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.end();
    });
    this.socket = new EventsSocket(ws, rev);
    this.socket.addEventListener('events', (event) => {
      const { events, since } = /** @type {CustomEvent} */ (event).detail;
      for (const each of /** @type {Happening[]} */ (events))
        if (each.rev > since || each.verb === 'finding') this.events.push(each);
      this.#draw();
    });
  }

  /** @param {string} address @param {FormData} data */
  async send(address, data) {
    if (!this.token) this.socket.start();
    const response = await fetch(address, {
      method: 'POST',
      body: data,
      headers: { Accept: 'application/json' },
    }).catch(() => null);
    if (!response) {
      this.end();
      toast(gettext('The server does not answer.'));
      return;
    }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) {
      this.end();
      toast(answer.error ?? gettext('Your account may not do this.'));
      return;
    }
    this.token = String(data.get('csrfmiddlewaretoken') ?? '');
    this.title.textContent = answer.sentence;
    document.body.append(this.box);
    this.#draw();
    this.#undo(answer.undo);
    this.isGone = answer.undo?.drill === 'restore';
    if (this.holds) (this.foot.querySelector('button') ?? this.close).focus();
  }

  /** @param {Undo|null} undo */
  #undo(undo) {
    this.foot.replaceChildren();
    if (!undo) return;
    const button = html('button', 'btn btn--sm', icon('ui-undo'), undo.label);
    button.type = 'button';
    button.addEventListener('click', () => {
      this.holds = this.box.contains(document.activeElement);
      button.disabled = true;
      const data = new FormData();
      data.set('csrfmiddlewaretoken', this.token ?? '');
      data.set('drill', undo.drill);
      this.before = Math.max(this.before, ...this.events.map(({ rev }) => rev));
      this.events = [];
      this.send(undo.address, data);
    });
    this.foot.append(button);
  }

  #draw() {
    if (!new URL(location.href).searchParams.has('at')) this.shown = 0;
    const steps = followed(this.events);
    const rows = steps.slice(0, MOST_STEPS).map((step) => {
      const row = html('li', '', ...this.#told(step));
      if (step.rev === this.shown) row.setAttribute('aria-current', 'step');
      return row;
    });
    if (steps.length > MOST_STEPS)
      rows.push(
        html('li', 'muted', gettext('and %(count)s more', { count: steps.length - MOST_STEPS })),
      );
    if (rows.length === 0) rows.push(html('li', 'muted', gettext('Nothing yet…')));
    else rows.unshift(this.#start());
    const grown = rows.length !== this.list.children.length;
    const top = this.list.scrollTop;
    this.list.replaceChildren(...rows);
    this.list.scrollTop = grown ? this.list.scrollHeight : top;
  }

  /** How it was before the drill. */
  #start() {
    const row = html(
      'li',
      '',
      this.#moment(gettext('before'), this.before),
      html('b', '', ''),
      html('span', 'followed__what', gettext('revision %(rev)s', { rev: this.before })),
    );
    if (this.shown === this.before) row.setAttribute('aria-current', 'step');
    return row;
  }

  /** A step in words; where there is a drawing, its time shows that as it was then.
   * @param {import('../state/steps.js').Step} step */
  #told({ event, after, count, rev, names }) {
    const { sign, text } = VERBS[event.verb];
    const fields = event.fields ?? [];
    const what = event.verb === 'finding' ? event.text : fields.slice(0, 3).join(', ');
    const times = names.length === 0 && count > 1 ? `×${count} ` : '';
    const title =
      names.length === 0
        ? titleOf(event)
        : gettext('%(count)s × %(kind)s', { count: names.length, kind: event.kind });
    const more = names.length === 0 ? '' : `${names.join(', ')}\n`;
    const about = html('small', 'muted', `${text} ${times}${what}`);
    about.title = `${more}${fields.join('\n')}`;
    return [
      this.#moment(`+${after} s`, rev),
      html('b', '', sign),
      html('span', 'followed__what', title),
      about,
    ];
  }

  /** @param {string} text @param {number} rev */
  #moment(text, rev) {
    if (
      !document.querySelector('nv-diagram[data-src]') ||
      !document.querySelector('[data-nv="at"]')
    )
      return html('span', 'followed__at num', text);
    const link = html('a', 'followed__at num objlink', text);
    const url = new URL(location.href);
    url.searchParams.set('at', String(rev));
    link.setAttribute('href', url.href);
    link.title = gettext('Show the drawing as it was at revision %(rev)s', { rev });
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const now = new URL(location.href);
      now.searchParams.set('at', String(rev));
      history.pushState(null, '', now);
      window.dispatchEvent(new PopStateEvent('popstate'));
      this.shown = rev;
      this.#draw();
      /** @type {HTMLElement|null} */ (this.list.querySelector('[aria-current] a'))?.focus();
    });
    return link;
  }

  /** Closes the panel; the focus goes back to where the drill was pressed, or to what is left. */
  end() {
    const held = this.box.contains(document.activeElement);
    this.socket.stop();
    this.box.remove();
    if (!held) return;
    const back =
      (this.from.isConnected ? this.from.querySelector('button') : null) ??
      document.querySelector('[data-drills] button, nv-diagram svg a[tabindex="0"], main');
    /** @type {HTMLElement|SVGElement|null} */ (back)?.focus();
  }
}
