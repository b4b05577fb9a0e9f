// @ts-check
/**
 * Changes of a cluster as the events page lists them: their words, and which ones pass a filter.
 * Pure.
 *
 * @typedef {object} Happening
 * @property {number} rev
 * @property {string} time RFC 3339
 * @property {'added'|'changed'|'removed'|'finding'} verb
 * @property {string} kind
 * @property {string} namespace
 * @property {string} name
 * @property {string[]} [fields]
 * @property {string} [text]
 * @property {string} [actor]
 *
 * @typedef {{sign: string, word: string, text: string, look: string}} Verb
 */
import { matching } from './match.js';
import { parseQuery } from './query.js';
import { gettext } from './words.js';

/** @type {Record<Happening['verb'], Verb>} what the socket's verbs are called: `word` in
 * addresses and queries, `text` on the page */
export const VERBS = {
  added: { sign: '+', word: 'added', text: gettext('added'), look: 'verb--added' },
  changed: { sign: '~', word: 'modified', text: gettext('modified'), look: 'verb--modified' },
  removed: { sign: '−', word: 'deleted', text: gettext('deleted'), look: 'verb--deleted' },
  finding: { sign: '!', word: 'finding', text: gettext('finding'), look: 'verb--finding' },
};

/** Terms that a change alone can answer; others need its object, which the server has. */
const TOLD = new Set(['kind', 'ns', 'name', 'status', 'finding']);

/** The id of the object that changed, as graphs write it.
 * @param {Happening} event */
export const idOf = ({ kind, namespace, name }) => `${kind}/${namespace}/${name}`;

/** The object in words.
 * @param {Happening} event */
export const titleOf = ({ kind, namespace, name }) =>
  namespace ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;

/** Whether a change alone can answer a query.
 * @param {import('./query.js').Query} query @returns {boolean} */
function isTold(query) {
  switch (query.type) {
    case 'and':
    case 'or':
      return query.of.every(isTold);
    case 'not':
      return isTold(query.of);
    case 'field':
      return TOLD.has(query.field);
    default:
      return query.type === 'word' || query.type === 'all';
  }
}

/** The rule of a finding, '' of a change. @param {Happening} event */
export const ruleOf = (event) =>
  (event.verb === 'finding' && /\bNV\d+\b/.exec(event.text ?? '')?.[0]) || '';

/** A change as something that can be asked. @param {Happening} event */
function asNode(event) {
  return /** @type {import('../types.js').Node} */ (
    /** @type {unknown} */ ({
      id: idOf(event),
      kind: event.kind,
      namespace: event.namespace,
      name: event.name,
      word: VERBS[event.verb].word,
      meta: [...(event.fields ?? []), event.actor ?? '', event.text ?? ''].join(' '),
      find: { finding: [ruleOf(event)].filter(Boolean) },
    })
  );
}

/**
 * Whether a change passes the filters of an address (`kind ns verb actor q`), as the server reads
 * them; null where only the server can tell, because `q` asks for what the change does not say.
 * @param {Happening} event @param {URLSearchParams} given
 * @returns {boolean|null}
 */
export function passes(event, given) {
  const wants = (/** @type {string} */ name, /** @type {string} */ value) =>
    [null, '', value].includes(given.get(name));
  const plain =
    wants('ns', event.namespace) &&
    wants('actor', event.actor ?? '') &&
    wants('verb', VERBS[event.verb].word) &&
    ['', event.kind.toLowerCase()].includes((given.get('kind') ?? '').toLowerCase());
  if (!plain) return false;
  const { query } = parseQuery(given.get('q') ?? '');
  if (!isTold(query)) return null;
  return matching(query, { nodes: [asNode(event)], edges: [] }).size > 0;
}

/**
 * One row for a change and the earlier one that it continues: every field and every actor once.
 * Added and then modified is still added.
 * @param {Happening} event @param {Happening} earlier
 * @returns {Happening}
 */
export const joined = (event, earlier) => ({
  ...event,
  verb: earlier.verb,
  fields: [...new Set([...(earlier.fields ?? []), ...(event.fields ?? [])])],
  actor: [...new Set([event.actor, ...(earlier.actor ?? '').split(', ')])]
    .filter(Boolean)
    .join(', '),
});

/**
 * Whether a change continues the row of an earlier one: same object, within 5 s, as the server
 * groups them: a deletion is a row of its own, and so is what came back after one.
 * @param {Happening} event @param {Happening} earlier
 */
export const continues = (event, earlier) =>
  idOf(event) === idOf(earlier) &&
  event.verb === 'changed' &&
  (earlier.verb === 'changed' || earlier.verb === 'added') &&
  Date.parse(event.time) - Date.parse(earlier.time) <= 5000;
