// @ts-check
/**
 * What the latest writes of each slice came to, as bars in its bin: read from the log when the
 * diagram opens, and again of the bins that a change, or another revision, touches.
 *
 * @typedef {import('../graph/diagram.js').NvDiagram} NvDiagram
 */

const MOST = 60;

/** Keeps the bars of a drawing's bins with the log.
 * @param {NvDiagram} view @param {string} address that answers */
export function startChurn(view, address) {
  /** The bins as they were when their writes were asked for. @type {Map<string, object>} */
  const asked = new Map();
  const read = async () => {
    const { graph, store, canvas } = view;
    if (!graph || !store || !canvas || graph.view !== 'slices') return;
    const bins = graph.nodes.filter(
      (node) => node.kind === 'EndpointSlice' && asked.get(node.id) !== node,
    );
    if (bins.length === 0) return;
    for (const node of bins) asked.set(node.id, node);
    const query = new URLSearchParams(bins.slice(0, MOST).map(({ id }) => ['of', id]));
    query.set('rev', String(graph.rev));
    const response = await fetch(`${address}?${query}`, {
      headers: { Accept: 'application/json' },
    }).catch(() => null);
    if (!response?.ok) {
      for (const { id } of bins) asked.delete(id);
      return;
    }
    /** @type {{writes: Record<string, import('../types.js').Writes>}} */
    const { writes } = await response.json();
    for (const node of bins) {
      if (asked.get(node.id) !== node) continue; // changed meanwhile: a later answer tells
      const found = writes[node.id];
      if (found) store.writes.set(node.id, found);
      else store.writes.delete(node.id);
    }
    canvas.draw();
  };
  view.addEventListener('nv:graph', read);
  read();
}
