// @ts-check
/** Labels, shields, numbers and stops of lines cover neither cards nor one another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pointAt } from '../../static/js/graph/curve.js';
import { layoutGraph } from '../../static/js/graph/layout.js';
import { labelReach, routeEdges } from '../../static/js/graph/routes.js';
import { known } from '../../static/js/state/known.js';
import { fixture } from './fixture.js';

/** @typedef {import('../../static/js/types.js').Graph} Graph */
/** @typedef {import('../../static/js/types.js').Rect & {what: string}} Thing */

/** @param {Thing} a @param {Thing} b */
const covers = (a, b) =>
  Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x) > 1 &&
  Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y) > 1;

/** What covers something in the drawing of a graph.
 * @param {Graph} graph */
function covered(graph) {
  const layout = layoutGraph(graph);
  const routes = routeEdges(graph.edges, layout, graph.groups);
  /** @type {Thing[]} */
  const things = [];
  for (const edge of graph.edges) {
    const { at, stop, curve } = known(routes.get(edge.id));
    const reach = labelReach(edge);
    const w = reach ? reach.left + reach.right : 0;
    if (reach)
      things.push({ what: `label ${edge.id}`, x: at[0] - reach.left, y: at[1] - 9, w, h: 18 });
    if (stop === null) continue;
    const [x, y] = pointAt(curve, stop);
    things.push({ what: `stop ${edge.id}`, x: x - 7, y: y - 7, w: 14, h: 14 });
  }
  const cards = [...layout.cards].map(([id, rect]) => ({ what: `card ${id}`, ...rect }));
  return things.flatMap((a, i) =>
    [...things.slice(i + 1), ...cards]
      .filter((b) => covers(a, b))
      .map((b) => `${a.what} covers ${b.what}`),
  );
}

for (const name of ['endpoints', 'families', 'paths', 'compare', 'slices', 'map-l1'])
  test(`nothing on the lines of ${name} covers anything`, () => {
    assert.deepEqual(covered(fixture(name)), []);
  });

/** Proxy to three Pods which a policy closes, as a trace draws it.
 * @param {'from'|'to'} stop @returns {Graph} */
function trace(stop) {
  const base = fixture('endpoints');
  const card = (/** @type {string} */ id, /** @type {string} */ lane) => ({
    ...known(base.nodes.find(({ kind }) => kind === 'Pod')),
    id,
    name: id,
    lane,
    group: null,
  });
  const pods = ['web-0', 'web-1', 'web-2'];
  return {
    ...base,
    lanes: [
      { id: 'proxy', label: 'Proxy' },
      { id: 'endpoints', label: 'Endpoints' },
    ],
    groups: [],
    nodes: [card('proxy', 'proxy'), ...pods.map((pod) => card(pod, 'endpoints'))],
    edges: pods.map((pod) => ({
      id: `proxy->${pod}`,
      from: 'proxy',
      to: pod,
      state: 'deny',
      stop,
      step: 5,
      shields: [
        { text: 'E', state: 'allow' },
        { text: 'I', state: 'deny' },
      ],
    })),
  };
}

for (const stop of /** @type {const} */ (['from', 'to']))
  test(`shields stand clear of the stop at the ${stop} side of a short line`, () => {
    assert.deepEqual(covered(trace(stop)), []);
  });

/** Every slice of a large Service has endpoints in every group: slices times groups of counts.
 * @param {number} slices @param {number} groups @returns {Graph} */
function manySlices(slices, groups) {
  const base = fixture('endpoints');
  const card = (/** @type {string} */ id, /** @type {string} */ lane) => ({
    ...known(base.nodes.find(({ kind }) => kind === 'Pod')),
    id,
    name: id,
    lane,
    group: null,
  });
  const names = (/** @type {string} */ word, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, i) => `${word}-${String(i).padStart(2, '0')}`);
  const [from, to] = [names('slice', slices), names('group', groups)];
  return {
    ...base,
    lanes: [
      { id: 'slices', label: 'EndpointSlices' },
      { id: 'endpoints', label: 'Endpoints' },
    ],
    groups: [],
    nodes: [...from.map((id) => card(id, 'slices')), ...to.map((id) => card(id, 'endpoints'))],
    edges: from.flatMap((a) =>
      to.map((b) => ({ id: `${a}->${b}`, from: a, to: b, state: 'allow', count: 33 })),
    ),
  };
}

for (const [slices, groups] of /** @type {const} */ ([
  [4, 3],
  [4, 6],
  [13, 3],
  [13, 6],
  [3, 12],
]))
  test(`counts between ${slices} slices and ${groups} groups stand apart`, () => {
    assert.deepEqual(covered(manySlices(slices, groups)), []);
  });
