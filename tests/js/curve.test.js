// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curve, cut, pathOf, pointAt, tAtX } from '../../static/js/graph/curve.js';
import { edgeClass, edgePath } from '../../static/js/graph/edge.js';
import { layoutGraph } from '../../static/js/graph/layout.js';
import { pillText, routeEdges } from '../../static/js/graph/routes.js';
import { at, fixture } from './fixture.js';

/** @typedef {import('../../static/js/types.js').Point} Point */
/** @type {Point} */
const from = [0, 0];
/** @type {Point} */
const to = [200, 100];

test('a curve leaves and arrives level', () => {
  const [a, b, c, d] = curve(from, to, 1, 1);

  assert.deepEqual([a, d], [from, to]);
  assert.equal(b[1], a[1]);
  assert.equal(c[1], d[1]);
});

test('a control point is at least 32 px away when there is room', () => {
  assert.equal(curve([0, 0], [50, 80], 1, 1)[1][0], 32);
});

test('a curve between cards in one column bulges to their side', () => {
  const [, b, c] = curve([216, 0], [216, 200], 1, -1);

  assert.ok(b[0] > 240 && c[0] > 240);
});

test('the two parts of a cut curve meet and keep its ends', () => {
  const whole = curve(from, to, 1, 1);
  const [before, after] = cut(whole, 0.3);

  assert.deepEqual(before[3], after[0]);
  assert.deepEqual([before[0], after[3]], [from, to]);
  assert.deepEqual(before[3].map(Math.round), pointAt(whole, 0.3).map(Math.round));
});

test('the place on a curve with a given x is found in both directions', () => {
  for (const c of [curve(from, to, 1, 1), curve(to, from, -1, -1)])
    assert.ok(Math.abs(pointAt(c, tAtX(c, 80))[0] - 80) < 0.01);
});

test('paths are written with one decimal', () => {
  assert.equal(pathOf(curve([0, 0.04], [64, 0.05], 1, 1)), 'M0 0 C32 0 32 0.1 64 0.1');
});

test('edges that share a side of a card stand apart, in the order of their other ends', () => {
  const graph = fixture('endpoints');
  const routes = routeEdges(graph.edges, layoutGraph(graph), graph.groups);
  const slice = 'EndpointSlice/shop/frontend-x7k2p';
  const ys = graph.edges
    .filter((e) => e.from === slice)
    .map((e) => routes.get(e.id)?.curve[0][1] ?? 0);

  assert.equal(new Set(ys).size, 3);
  assert.deepEqual(
    ys,
    [...ys].sort((a, b) => a - b),
  );
});

test('edges that meet close together are no wider than the room between them', () => {
  const graph = fixture('endpoints');
  const edge = at(graph.edges, 0);
  const crowd = Array.from({ length: 14 }, (_, i) => ({ ...edge, id: `${i}`, count: 100 }));
  const looks = (/** @type {typeof crowd} */ edges) => {
    const routes = routeEdges(edges, layoutGraph(graph), graph.groups);
    return edges.map((e) => edgeClass(e, at([...routes.values()], edges.indexOf(e))));
  };

  assert.match(at(looks(crowd.slice(0, 1)), 0), / w7$/);
  for (const look of looks(crowd)) assert.match(look, /^(?!.* w\d).* is-tight$/);
});

test('a denied edge stops on the border of the namespace that denies', () => {
  const graph = fixture('map-l1');
  const layout = layoutGraph(graph);
  const denied = graph.edges.find((e) => e.to === 'Service/payments/ledger' && e.state === 'deny');
  const border = layout.boxes.find((b) => b.id === 'Namespace//payments');
  const route = denied && routeEdges(graph.edges, layout, graph.groups).get(denied.id);

  assert.ok(denied && route && border);
  const { tip, rest } = edgePath(denied, route);
  assert.ok(Math.abs(tip[0] - border.x) < 0.5);
  assert.ok(rest, 'the rest of the way is still drawn');
});

test('a denied edge without a border stops before the card', () => {
  const graph = fixture('endpoints');
  at(graph.edges, 2).state = 'deny';
  const route = routeEdges(graph.edges, layoutGraph(graph), graph.groups).get(
    at(graph.edges, 2).id,
  );

  assert.ok(route?.stop && route.stop > 0.5 && route.stop < 1);
});

test('a selector line that passes over a lane is angled', () => {
  const graph = fixture('endpoints');
  const own = graph.edges.find((e) => e.label?.startsWith('selector'));
  const route = own && routeEdges(graph.edges, layoutGraph(graph), graph.groups).get(own.id);

  assert.match(route?.path ?? '', /^M[\d.]+ [\d.]+ V[\d.]+ A16 16/);
});

test('labels of different edges do not cover one another', () => {
  const graph = fixture('map-l1');
  const routes = routeEdges(graph.edges, layoutGraph(graph), graph.groups);
  const places = graph.edges
    .filter(pillText)
    .map((e) => routes.get(e.id)?.at ?? /** @type {Point} */ ([0, 0]));
  for (const [i, a] of places.entries())
    for (const b of places.slice(i + 1))
      assert.ok(Math.abs(a[0] - b[0]) > 30 || Math.abs(a[1] - b[1]) > 18, `${a} ${b}`);
});

test('an edge whose card is not laid out has no route', () => {
  const graph = fixture('endpoints');
  at(graph.edges, 0).to = 'Pod/shop/nowhere';

  assert.equal(routeEdges(graph.edges, layoutGraph(graph), []).has(at(graph.edges, 0).id), false);
});
