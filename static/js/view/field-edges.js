// @ts-check
/**
 * The YAML of an object beside its drawing: a press on a field lights the edges it caused, and lists
 * what the object has to do with others because of it.
 */
import '../graph/diagram.js';
import { causedBy, restsOn } from '../state/causes.js';
import { gettext, ngettext } from '../state/words.js';
import { html } from './icon.js';

/** @typedef {import('../graph/diagram.js').NvDiagram} NvDiagram */
/** @typedef {{path: string, word: string, id: string, label: string, href: string}} Relation */

const MOST_LISTED = 12;
/** Width in px from which a whole drawing still has edges that can be told apart. */
const WIDE = 420;

/** @param {HTMLElement} panel with `data-object` and, where a diagram is of it, an nv-diagram */
export function startFieldEdges(panel) {
  const object = panel.dataset.object ?? '';
  /** @type {Relation[]} */
  const relations = JSON.parse(document.getElementById('causes-json')?.textContent ?? '[]');
  const view = /** @type {NvDiagram|null} */ (panel.querySelector('nv-diagram'));
  const told = /** @type {HTMLElement|null} */ (panel.querySelector('[data-nv="caused"]'));
  const lines = () =>
    /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.yaml .l[data-path]')]);
  const edges = () => view?.graph?.edges ?? [];
  /** What rests on a field: edges whose reasons name it, or that lead to what it relates to. */
  const of = (/** @type {string} */ path) => {
    const named = relations.filter((relation) => restsOn(path, relation.path));
    const caused = path ? causedBy(edges(), object, path) : [];
    const ids = new Set(named.map((relation) => relation.id));
    return { named, lit: caused.length ? caused : edges().filter(({ to }) => ids.has(to)) };
  };
  let chosen = '';

  const mark = () => {
    for (const line of lines()) {
      const path = line.dataset.path ?? '';
      const { lit, named } = of(path);
      const causes = lit.length + named.length > 0;
      line.classList.toggle('is-cause', causes);
      if (!causes) continue;
      line.tabIndex = 0;
      line.setAttribute('role', 'button');
      line.setAttribute('aria-pressed', String(path === chosen));
    }
  };
  const show = (/** @type {string} */ path) => {
    chosen = path === chosen ? '' : path;
    const { lit, named } = of(chosen);
    view?.light(lit.map((edge) => edge.id));
    for (const line of lines())
      line.classList.toggle('is-chosen', chosen !== '' && line.dataset.path === chosen);
    mark();
    if (!told) return;
    if (!chosen) return void told.replaceChildren(html('p', 'muted', told.dataset.hint ?? ''));
    const words = view
      ? ngettext('%(count)s edge rests on it', '%(count)s edges rest on it', lit.length)
      : ngettext('%(count)s relation rests on it', '%(count)s relations rest on it', named.length);
    const rows = named.slice(0, MOST_LISTED).map((relation) => {
      const link = html('a', 'objlink', relation.label);
      link.href = relation.href;
      link.dir = 'ltr';
      return html('li', '', html('span', 'muted', `${relation.word} `), link);
    });
    if (named.length > MOST_LISTED)
      rows.push(
        html('li', 'muted', gettext('and %(count)s more', { count: named.length - MOST_LISTED })),
      );
    const field = html('code', '', chosen);
    field.dir = 'ltr';
    told.replaceChildren(html('p', '', field, ` ${words}`), html('ul', 'caused', ...rows));
  };

  view?.addEventListener('nv:graph', () => {
    mark();
    view.light(of(chosen).lit.map((edge) => edge.id));
  });
  const whole = () => view && view.clientWidth >= WIDE && view.fit();
  view?.addEventListener('nv:graph', whole, { once: true });
  mark();
  // The page renews its YAML by itself; the drawing then follows.
  const tab = document.querySelector('[data-live="tab"]');
  let soon = 0;
  const renewed = () => {
    clearTimeout(soon);
    soon = window.setTimeout(() => {
      mark();
      view?.change({});
    }, 200);
  };
  if (tab) new MutationObserver(renewed).observe(tab, { childList: true, subtree: true });
  const pressed = (/** @type {Event} */ event) => {
    const target = /** @type {Element} */ (event.target);
    const line = /** @type {HTMLElement|null} */ (target.closest('.yaml .l.is-cause'));
    if (line) show(line.dataset.path ?? '');
    return Boolean(line);
  };
  document.addEventListener('click', pressed);
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    if (pressed(event)) event.preventDefault();
  });
  const asked = document.querySelector('.yaml .l.hl');
  const path = asked instanceof HTMLElement ? (asked.dataset.path ?? '') : '';
  const first = () => path && !chosen && show(path);
  if (view) view.addEventListener('nv:graph', first, { once: true });
  else first();
}
