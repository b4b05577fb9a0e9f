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
 * @typedef {{sign: string, word: string, look: string}} Verb
 */

/** @type {Record<Happening['verb'], Verb>} what the socket's verbs are called on the page */
export const VERBS = {
  added: { sign: '+', word: 'added', look: 'verb--added' },
  changed: { sign: '~', word: 'modified', look: 'verb--modified' },
  removed: { sign: '−', word: 'deleted', look: 'verb--deleted' },
  finding: { sign: '!', word: 'finding', look: 'verb--modified' },
};

/** The id of the object that changed, as graphs write it.
 * @param {Happening} event */
export const idOf = ({ kind, namespace, name }) => `${kind}/${namespace}/${name}`;

/** The object in words.
 * @param {Happening} event */
export const titleOf = ({ kind, namespace, name }) =>
  namespace ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;

/**
 * Whether a change passes the filters of an address (`kind ns verb actor q`), as the server reads
 * them.
 * @param {Happening} event @param {URLSearchParams} given
 */
export function passes(event, given) {
  const wants = (/** @type {string} */ name, /** @type {string} */ value) =>
    [null, '', value].includes(given.get(name));
  const words = [titleOf(event), ...(event.fields ?? []), event.actor ?? ''].join(' ');
  return (
    wants('ns', event.namespace) &&
    wants('actor', event.actor ?? '') &&
    wants('verb', VERBS[event.verb].word) &&
    ['', event.kind.toLowerCase()].includes((given.get('kind') ?? '').toLowerCase()) &&
    words.toLowerCase().includes((given.get('q') ?? '').trim().toLowerCase())
  );
}

/**
 * One row for a change and the earlier one that it continues: every field and every actor once.
 * @param {Happening} event @param {Happening} earlier
 * @returns {Happening}
 */
export const joined = (event, earlier) => ({
  ...event,
  fields: [...new Set([...(earlier.fields ?? []), ...(event.fields ?? [])])],
  actor: [...new Set([event.actor, ...(earlier.actor ?? '').split(', ')])]
    .filter(Boolean)
    .join(', '),
});

/**
 * Whether a change continues the row of an earlier one: same object, both modified, within 5 s.
 * @param {Happening} event @param {Happening} earlier
 */
export const continues = (event, earlier) =>
  idOf(event) === idOf(earlier) &&
  event.verb === 'changed' &&
  earlier.verb === 'changed' &&
  Date.parse(event.time) - Date.parse(earlier.time) <= 5000;
