// @ts-check
/**
 * The drawer: what is known of the selection. An `aside` beside the drawing; under 900 px a sheet
 * at the bottom that peeks. Its tab stays as the selection changes.
 *
 *     <aside class="drawer" id="drawer" aria-labelledby="drawer-name" hidden>
 *       <button class="drawer__sheetbar" data-act="sheet"></button>
 *       <div class="drawer__head"> … [data-slot="icon"] [data-slot="kind"] <h2 data-slot="name"> … </div>
 *       <div class="drawer__state" data-slot="state"></div>
 *       <div role="tablist"> <button role="tab" data-part="summary" aria-controls="…"> … </div>
 *       <div role="tabpanel" data-part="summary"></div> …
 *       <div class="drawer__foot"> <a data-link="trace"> <a data-link="plan"> </div>
 *     </aside>
 *
 * `why` is written from the graph at once; the other parts are fetched from the object's address
 * with `?part=summary|yaml|events|links` as HTML the server has rendered and escaped.
 */

import { kindClass } from '../graph/measure.js';
import { objectId } from '../state/ids.js';
import { gettext } from '../state/words.js';
import { glyph, html, icon } from './icon.js';
import { named } from './names.js';
import { chooseTab, chosenTab } from './tabs.js';

/**
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Edge} Edge
 * @typedef {import('../types.js').Reason} Reason
 * @typedef {{id: string, node: Node|null, edge: Edge|null, trace?: string, ends?: string[], between?: (Node|undefined)[],
 *   verdict?: {text: string, state: string, why: Reason[]}|null}} Selection
 *   `trace` is the address of the trace of an edge's ends, `ends` what these are called, `between` their cards
 */

/** Whether a card shows an object itself, which can be traced to and changed.
 * @param {Node} node */
const isObject = ({ id, kind, namespace, name, href }) =>
  Boolean(href) && id === `${kind}/${namespace}/${name}`;

export class Drawer {
  /** @param {HTMLElement} aside @param {{onClose: () => void}} on */
  constructor(aside, { onClose }) {
    this.aside = aside;
    /** @type {Selection|null} */
    this.selection = null;
    /** @type {Map<string, string>} href of what each part shows */
    this.loaded = new Map();
    aside.querySelector('[data-act="close"]')?.addEventListener('click', onClose);
    const bar = aside.querySelector('[data-act="sheet"]');
    bar?.addEventListener('click', () => {
      const open = !aside.classList.toggle('is-peek');
      bar.setAttribute('aria-expanded', String(open));
      bar.setAttribute('aria-label', open ? gettext('Shrink details') : gettext('Expand details'));
    });
    aside.addEventListener('nv:tab', () => this.#load());
    resizable(aside);
  }

  /** @param {Selection} selection */
  show(selection) {
    const object = selection.node ?? selection.edge ?? selection.verdict;
    if (!object) return this.hide();
    const other = this.selection?.id !== selection.id;
    const wasHidden = this.aside.hidden;
    this.selection = selection;
    this.aside.hidden = false;
    if (wasHidden) this.aside.classList.toggle('is-peek', matchMedia('(max-width: 899px)').matches);
    if (selection.node) this.#node(selection.node);
    else if (selection.edge) this.#edge(selection.edge, selection.ends);
    else if (selection.verdict) this.#verdict(selection.verdict);
    this.#links(selection);
    this.panel('why')?.replaceChildren(whyList(object.why ?? []));
    if (other) this.loaded.clear();
    this.#load();
  }

  hide() {
    this.aside.hidden = true;
    this.selection = null;
  }

  get isOpen() {
    return !this.aside.hidden;
  }

  /** @param {string} part */
  panel(part) {
    return this.aside.querySelector(`[role="tabpanel"][data-part="${part}"]`);
  }

  /** @param {string} name */
  slot(name) {
    return this.aside.querySelector(`[data-slot="${name}"]`);
  }

  /** @param {Node} node */
  #node(node) {
    this.#head(node.overline ?? node.kind, node.name, `k-${node.icon}`, node.paint);
    const chips = [
      node.word ? chip(node.word, node.state ?? '') : null,
      node.namespace ? chip(gettext('ns %(name)s', { name: node.namespace }), '') : null,
      ...(node.badges ?? [])
        .filter((b) => (b.title ?? b.text) !== node.word)
        .map((b) => chip(b.title ?? b.text, b.state ?? '')),
    ];
    this.slot('state')?.replaceChildren(.../** @type {HTMLElement[]} */ (chips.filter(Boolean)));
  }

  /** What can be done: with an object, or with the ends of an edge.
   * @param {Selection} selection */
  #links({ node, trace }) {
    for (const each of this.aside.querySelectorAll('a[data-link]')) {
      const link = /** @type {HTMLAnchorElement} */ (each);
      const { href = '', link: does } = link.dataset;
      const id = node && isObject(node) ? encodeURIComponent(objectId(node.id)) : '';
      const address = does === 'pair' ? trace : id && href.replace('ID', id);
      link.hidden = !address;
      if (address) link.href = address;
    }
  }

  /** @param {Edge} edge @param {string[]} [ends] */
  #edge(edge, ends = []) {
    this.#head(gettext('Edge'), ends.join(' → '), 'ui-arrow', 'node');
    const word = edge.title || edge.state;
    /** @type {Record<string, string>} */
    const states = { allow: 'ok', deny: 'deny' };
    this.slot('state')?.replaceChildren(
      chip(word, states[edge.state] ?? 'unknown'),
      ...(edge.label ? [chip(edge.label, '')] : []),
    );
  }

  /** @param {{text: string, state: string}} verdict */
  #verdict({ text }) {
    this.#head(gettext('Verdict'), text, 'ui-bulb', 'node');
    this.slot('state')?.replaceChildren();
    const why = this.aside.querySelector('[role="tab"][data-part="why"]');
    if (why) chooseTab(/** @type {HTMLElement} */ (why));
  }

  /** @param {string} kind @param {string} name @param {string} iconName @param {string} paint */
  #head(kind, name, iconName, paint) {
    const disc = html(
      'span',
      `disc disc--36 ${kindClass(paint).replace('k-', 'c-')}`,
      icon(iconName, 'i--20'),
    );
    this.slot('icon')?.replaceChildren(disc);
    const [kindSlot, nameSlot] = [this.slot('kind'), this.slot('name')];
    if (kindSlot) kindSlot.textContent = kind;
    if (nameSlot) nameSlot.textContent = name;
  }

  /** Fetches the chosen part, once per object. */
  async #load() {
    const tab = chosenTab(this.aside.querySelector('[role="tablist"]'));
    const part = tab?.dataset.part ?? '';
    const panel = this.panel(part);
    const href = this.selection?.node?.href;
    if (!panel || part === 'why') return;
    const { edge, between = [], ends = [] } = this.selection ?? {};
    if (edge && (part === 'summary' || part === 'links')) {
      const { edgeEnds } = await import('./edge-ends.js');
      if (this.selection?.edge === edge) panel.replaceChildren(edgeEnds(edge, between, ends));
      return;
    }
    if (!href) {
      panel.replaceChildren(
        html(
          'p',
          'muted',
          this.selection?.edge
            ? gettext('An edge is not an object; Why tells what it rests on.')
            : gettext('This is no stored object; Why tells what it rests on.'),
        ),
      );
      return;
    }
    if (this.loaded.get(part) === href) return;
    this.loaded.set(part, href);
    panel.setAttribute('aria-busy', 'true');
    const url = new URL(href, location.href);
    url.searchParams.set('part', part);
    try {
      const response = await fetch(url, { headers: { Accept: 'text/html' } });
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      if (this.loaded.get(part) === href) panel.replaceChildren(...page.body.childNodes);
    } catch (error) {
      this.loaded.delete(part);
      const cause = error instanceof Error ? error.message : String(error);
      panel.replaceChildren(html('p', 'muted', gettext('Not available: %(cause)s', { cause })));
    } finally {
      panel.removeAttribute('aria-busy');
    }
  }
}

/** @param {string} text @param {string} state */
function chip(text, state) {
  /** @type {Record<string, string>} */
  const looks = {
    ok: 'chip--allow',
    warn: 'chip--warn',
    deny: 'chip--deny',
    unknown: 'chip--unknown',
    term: 'chip--unknown',
  };
  return html('span', `chip ${looks[state] ?? ''}`.trim(), state ? glyph(state) : null, text);
}

/**
 * Reasons as a numbered list; each with the object, the field and the value it rests on.
 * @param {Reason[]} reasons
 */
export function whyList(reasons) {
  if (reasons.length === 0) return html('p', 'muted', gettext('Nothing is recorded about this.'));
  const list = html('ol', 'why');
  for (const { text, object, path, value, revision, cause } of reasons) {
    const item = html(
      'li',
      cause ? 'is-cause' : '',
      html('p', '', ...(cause ? [html('b', '', ...named(text))] : named(text))),
    );
    const source = [object, revision ? gettext('rev %(rev)s', { rev: revision }) : '']
      .filter(Boolean)
      .join(' · ');
    if (path || value || source) {
      const code = html(
        'code',
        '',
        html('span', 'path', path ?? ''),
        ' ',
        html('span', 'val', value ?? ''),
      );
      item.append(
        html(
          'span',
          'evid',
          path || value ? code : null,
          source ? html('small', '', source) : null,
        ),
      );
    }
    list.append(item);
  }
  return list;
}

/** Lets the drawer's left edge be dragged, or moved with the arrow keys, between 280 and 720 px.
 * @param {HTMLElement} aside */
function resizable(aside) {
  const grip = /** @type {HTMLElement|null} */ (aside.querySelector('.drawer__grip'));
  if (!grip) return;
  const set = (/** @type {number} */ wanted) => {
    const width = Math.min(720, Math.max(280, Math.round(wanted)));
    document.documentElement.style.setProperty('--drawer', `${width}px`);
    grip.setAttribute('aria-valuenow', String(width));
  };
  grip.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    const right = aside.getBoundingClientRect().right;
    const move = (/** @type {PointerEvent} */ e) => set(right - e.clientX);
    grip.addEventListener('pointermove', move);
    grip.addEventListener(
      'lostpointercapture',
      () => grip.removeEventListener('pointermove', move),
      { once: true },
    );
  });
  grip.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: 24, ArrowRight: -24 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    set(aside.getBoundingClientRect().width + by);
  });
}
