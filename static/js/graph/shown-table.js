// @ts-check
/** The table as find and hide leave it: what the Table form shows and what its export holds. Pure. */
import { filtered } from './scene.js';

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
