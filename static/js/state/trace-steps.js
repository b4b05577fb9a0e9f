// @ts-check
/** Where the steps of a trace stand in its drawing. Pure. */

/** @typedef {import('../types.js').Graph} Graph */

/** The card of a step: the one that carries its number, else the end of the line that does.
 * @param {Pick<Graph, 'nodes'|'edges'>} graph @param {number} step @returns {string} '' for none */
export function cardOfStep({ nodes, edges }, step) {
  const has = (/** @type {{steps?: import('../types.js').StepMark[]}} */ item) =>
    item.steps?.some(({ number }) => number === step) ?? false;
  return nodes.find(has)?.id ?? edges.find(has)?.to ?? '';
}

/** The step of a card or line: the one that stops there, else the first of its numbers; failing
 * that, of a line that ends there.
 * @param {Pick<Graph, 'nodes'|'edges'>} graph @param {string} id @returns {number} 0 for none */
export function stepOfCard({ nodes, edges }, id) {
  const own = [...nodes, ...edges].find((item) => item.id === id)?.steps ?? [];
  const near = edges.filter((edge) => edge.to === id).flatMap((edge) => edge.steps ?? []);
  const marks = own.length > 0 ? own : near;
  return (marks.find(({ state }) => state === 'stop') ?? marks[0])?.number ?? 0;
}
