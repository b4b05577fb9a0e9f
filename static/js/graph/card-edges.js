// @ts-check
/**
 * The lines of a card in words, as the description of its link: lines are no stops of the keyboard,
 * and who hears a drawing learns from each card what it is connected with. Cards that come into
 * the document later are described when they are reached.
 *
 * @typedef {import('../types.js').Graph} Graph
 * @typedef {import('../types.js').Edge} Edge
 */
import { gettext, ngettext } from '../state/words.js';
import { legendRows } from './legend-rows.js';

/** Lines that a description names; more are counted. */
const MOST = 8;

/** A line that is there and nothing more: who owns whom. */
const TO = (/** @type {string} */ name) => gettext('to %(name)s', { name });
const FROM = (/** @type {string} */ name) => gettext('from %(name)s', { name });

/** A space between wide characters, which a sentence of another language has beside its gaps. */
const BETWEEN_WIDE = /(?<=[\u2e80-\u9fff\uff00-\uff60]) (?=[\u2e80-\u9fff\uff00-\uff60])/g;

/**
 * What is said of each card's lines, by the card's id.
 * @param {Graph} graph
 * @returns {Map<string, string>}
 */
export function edgeWords(graph) {
  const words = new Map(legendRows(graph.edges, graph.view).map(({ key, text }) => [key, text]));
  const names = new Map(graph.groups.map(({ id, label }) => [id, label]));
  for (const { id, label } of graph.nodes) names.set(id, label.split(/, |[，、]/u)[0] ?? label);
  /** @type {Map<string, string[]>} */
  const lines = new Map();
  const add = (/** @type {string} */ id, /** @type {string} */ text) =>
    void lines.set(id, [...(lines.get(id) ?? []), text]);
  for (const { from, to, state, label } of graph.edges) {
    const word = [state === 'own' ? '' : words.get(state), label].filter(Boolean).join(' ');
    const [there, here] = [names.get(to) ?? to, names.get(from) ?? from];
    add(from, word ? gettext('to %(name)s: %(word)s', { name: there, word }) : TO(there));
    if (to === from) continue;
    add(to, word ? gettext('from %(name)s: %(word)s', { name: here, word }) : FROM(here));
  }
  return new Map([...lines].map(([id, texts]) => [id, sentence(texts)]));
}

/** @param {string[]} texts */
function sentence(texts) {
  const listed = texts.slice(0, MOST);
  if (texts.length > MOST)
    listed.push(gettext('and %(count)s more', { count: texts.length - MOST }));
  const list = listed.join(gettext('; '));
  const said = ngettext('%(count)s edge: %(list)s', '%(count)s edges: %(list)s', texts.length, {
    list,
  });
  return said.replace(BETWEEN_WIDE, '');
}

/**
 * Describes the cards of a view, now and whenever its graph changes.
 * @param {HTMLElement & {graph: Graph|null}} view
 */
export function describeCards(view) {
  /** @type {Map<string, string>} */
  let said = new Map();
  const describe = (/** @type {Element} */ link) => {
    const text = said.get(link.getAttribute('data-id') ?? '');
    if (text) link.setAttribute('aria-description', text);
    else link.removeAttribute('aria-description');
  };
  const renew = () => {
    said = view.graph ? edgeWords(view.graph) : new Map();
    for (const link of view.querySelectorAll('a[data-id]')) describe(link);
  };
  view.addEventListener('nv:graph', () => setTimeout(renew));
  view.addEventListener('focusin', ({ target }) => {
    const link = /** @type {Element} */ (target).closest('a[data-id]');
    if (link) describe(link);
  });
  renew();
}
