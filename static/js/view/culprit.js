// @ts-check
/**
 * The path that a finding is about, lit in the drawing it opens (`?lit=` names the field to blame):
 * the edges that rest on the field, else those that go wrong, else those of the selected card.
 */
import { causedBy } from '../state/causes.js';

/** Edge states that a finding is about where no edge names its field. */
const WRONG = new Set(['deny', 'notready', 'unknown']);

/** The edges to light.
 * @param {import('../types.js').Edge[]} edges @param {string} id the card: `Service/shop/web`
 * @param {string} field
 * @returns {string[]} ids */
export function culprits(edges, id, field) {
  const [kind = '', namespace = '', name = ''] = id.split('/');
  const object = namespace ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;
  const caused = causedBy(edges, object, field);
  const wrong = edges.filter((edge) => WRONG.has(edge.state));
  const touching = edges.filter(({ from, to }) => from === id || to === id);
  const lit = [caused, wrong, touching].find((found) => found.length) ?? [];
  return lit.map((edge) => edge.id);
}

/** Lights the path now and after every change, until something else is selected.
 * @param {import('../graph/diagram.js').NvDiagram} view @param {string} id @param {string} field */
export function lightCulprit(view, id, field) {
  const light = () => view.light(culprits(view.graph?.edges ?? [], id, field));
  const done = new AbortController();
  view.addEventListener('nv:graph', light, { signal: done.signal });
  view.addEventListener(
    'nv:select',
    () => {
      done.abort();
      view.light([]);
      const url = new URL(location.href);
      url.searchParams.delete('lit');
      history.replaceState(null, '', url);
    },
    { once: true },
  );
  light();
}
