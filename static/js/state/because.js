// @ts-check
/**
 * What a verdict rests on: the reasons of the cards and lines that decide it. Pure.
 *
 * @typedef {import('../types.js').Graph} Graph
 * @typedef {import('../types.js').Reason} Reason
 */

const MOST = 8;
/** What has the state of a verdict, by that state.
 * @type {Record<string, Set<string>>} */
const ALIKE = {
  deny: new Set(['deny']),
  warn: new Set(['warn', 'deny', 'notready']),
  unknown: new Set(['unknown']),
};

/**
 * The reasons of a view's verdict, each once: of what is in its state those that decide, else of
 * the object that the view is of and of the first line that passes.
 * @param {Graph} graph
 * @returns {Reason[]}
 */
export function because({ nodes, edges, scope, verdict }) {
  const subject = nodes.find(
    ({ kind, namespace, name }) =>
      kind === scope?.kind && (namespace ?? '') === (scope.namespace ?? '') && name === scope.name,
  );
  const alike = ALIKE[verdict?.state ?? ''];
  const guilty = alike ? [...nodes, ...edges].filter(({ state }) => state && alike.has(state)) : [];
  const causes = (/** @type {(import('../types.js').Node|import('../types.js').Edge)[]} */ of) =>
    of.flatMap(({ why }) => (why ?? []).filter(({ cause }) => cause));
  const own = causes(guilty);
  const decide = own.length || !alike ? own : causes([...nodes, ...edges]);
  const usual = [
    subject,
    edges.find(({ state }) => state === 'allow' || state === 'dns'),
    nodes[0],
  ];
  const rest = usual.flatMap((each) => each?.why ?? []);
  return once([...decide, ...(decide.length ? (subject?.why ?? []) : rest)]).slice(0, MOST);
}

/** @param {Reason[]} reasons */
function once(reasons) {
  const key = (/** @type {Reason} */ { text, object, path, value }) =>
    JSON.stringify([text, object, path, value]);
  return [...new Map(reasons.map((reason) => [key(reason), reason])).values()];
}
