// @ts-check
/** Which layout a graph asks for, applied; the cold layout of every view starts here. */
import { layoutBands } from './layout-bands.js';
import { layoutBins } from './layout-bins.js';
import { layoutLanes } from './layout-lanes.js';
import { layoutNamespaces } from './layout-namespaces.js';
import { layoutTiles } from './layout-tiles.js';

/**
 * The cold layout of a graph.
 * @param {import('../types.js').Graph} graph
 * @returns {import('../types.js').Layout}
 */
export function layoutGraph(graph) {
  if (graph.layout === 'tiles') return layoutTiles(graph);
  if (graph.layout === 'namespaces') return layoutNamespaces(graph);
  if (graph.layout === 'bands') return layoutBands(withLanes(graph));
  if (graph.layout === 'bins') return layoutBins(withLanes(graph));
  return layoutLanes(withLanes(graph));
}

/** A graph whose nodes all have a lane: lanes the server left out are added at the end.
 * @param {import('../types.js').Graph} graph */
function withLanes(graph) {
  const known = new Set(graph.lanes.map((l) => l.id));
  const missing = [...new Set(graph.nodes.map((n) => n.lane))]
    .filter((id) => !known.has(id))
    .sort();
  if (missing.length === 0) return graph;
  return { ...graph, lanes: [...graph.lanes, ...missing.map((id) => ({ id, label: id ?? '' }))] };
}
