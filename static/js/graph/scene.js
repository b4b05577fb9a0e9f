// @ts-check
/**
 * What of a graph is shown: queries, legend rows that are off, and the neighbours of one card.
 * Pure.
 *
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Edge} Edge
 *
 * @typedef {object} Filter
 * @property {string} q what is searched for; the rest is dimmed
 * @property {string} hide what is not drawn
 * @property {Set<string>} off edge states switched off in the legend, and 'IPv6'
 * @property {Set<string>} hidden ids hidden one by one
 * @property {string} around id whose neighbours alone are shown, or ''
 */
import { matching } from '../state/match.js';
import { parseQuery } from '../state/query.js';

/** @returns {Filter} */
export const noFilter = () => ({ q: '', hide: '', off: new Set(), hidden: new Set(), around: '' });

/** Whether the legend leaves an edge on.
 * @param {Edge} edge @param {Set<string>} off */
export const isOn = (edge, off) =>
  !off.has(edge.state) && !(edge.family === 'IPv6' && off.has('IPv6'));

/**
 * The nodes and edges a filter leaves, by id, and what was found.
 * @param {{nodes: Map<string, Node>, edges: Map<string, Edge>, groups?: Map<string, unknown>}} graph
 * @param {Filter} filter
 * @returns {{nodes: Map<string, Node>, edges: Map<string, Edge>, found: Set<string>|null}}
 */
export function filtered(graph, filter) {
  const all = { nodes: graph.nodes.values(), edges: graph.edges.values() };
  const hide = filter.hide.trim() ? matching(parseQuery(filter.hide).query, all) : new Set();
  /** @type {Set<string>|null} */
  let near = null;
  if (filter.around && graph.nodes.has(filter.around)) {
    near = new Set([filter.around]);
    for (const { from, to } of graph.edges.values()) {
      if (from === filter.around) near.add(to);
      if (to === filter.around) near.add(from);
    }
  }
  const gone = (/** @type {string} */ id) =>
    hide.has(id) || filter.hidden.has(id) || (near !== null && !near.has(id));
  const plain = hide.size === 0 && filter.hidden.size === 0 && near === null;
  const nodes = plain ? graph.nodes : new Map([...graph.nodes].filter(([id]) => !gone(id)));
  const ends = (/** @type {string} */ id) => nodes.has(id) || (graph.groups?.has(id) ?? false);
  const edges = new Map(
    [...graph.edges].filter(([, e]) => ends(e.from) && ends(e.to) && isOn(e, filter.off)),
  );
  const found = filter.q.trim()
    ? matching(parseQuery(filter.q).query, { nodes: nodes.values(), edges: edges.values() })
    : null;
  return { nodes, edges, found };
}

/**
 * The rows of what is found and not hidden. Where the server has sifted the whole table by the same
 * queries, its rows are the answer: cards that are folded have rows too.
 * @param {import('../types.js').Graph} graph
 * @param {{q: string, hide: string}} state
 * @returns {import('../types.js').Table|null|undefined}
 */
export function shownTable(graph, { q, hide }) {
  const { table, sifted } = graph;
  if (!table || (!q.trim() && !hide.trim())) return table;
  if (sifted?.find === q.trim() && sifted.omit === hide.trim()) return table;
  const byId = {
    nodes: new Map(graph.nodes.map((n) => [n.id, n])),
    edges: new Map(graph.edges.map((e) => [e.id, e])),
  };
  const none = { off: new Set(), hidden: new Set(), around: '' };
  const { nodes, edges, found } = filtered(byId, { q, hide, ...none });
  const drawn = (/** @type {string} */ id) =>
    nodes.has(id) || edges.has(id) || !(byId.nodes.has(id) || byId.edges.has(id));
  const isFound = (/** @type {string} */ id) => {
    const edge = byId.edges.get(id);
    return !found || found.has(id) || (edge && (found.has(edge.from) || found.has(edge.to)));
  };
  return { ...table, rows: table.rows.filter(({ id }) => drawn(id) && isFound(id)) };
}
