// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardDrawing } from '../../static/js/graph/card.js';
import { binGrid, churn } from '../../static/js/graph/card-parts.js';
import { exportMermaid } from '../../static/js/graph/export-text.js';
import { layoutGraph } from '../../static/js/graph/layout.js';
import { binColumns } from '../../static/js/graph/layout-bins.js';
import { legendMarks, legendRows } from '../../static/js/graph/legend-rows.js';
import { cardSize, socketRect } from '../../static/js/graph/measure.js';
import { routeEdges } from '../../static/js/graph/routes.js';
import { filtered, noFilter } from '../../static/js/graph/scene.js';
import { keepPlaces } from '../../static/js/graph/slots.js';
import { toText } from '../../static/js/graph/svgnode.js';
import { known } from '../../static/js/state/known.js';
import { fixture } from './fixture.js';

/** @typedef {import('../../static/js/types.js').Rect} Rect */

/** @param {Rect} a @param {Rect} b */
const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
/** @param {Rect} a @param {Rect} b */
const holds = (a, b) =>
  a.x <= b.x && a.y <= b.y && a.x + a.w >= b.x + b.w && a.y + a.h >= b.y + b.h;
const text = (/** @type {import('../../static/js/graph/svgnode.js').SvgNode[]} */ parts) =>
  parts.map(toText).join('');

for (const name of ['families', 'paths', 'compare', 'slices']) {
  test(`${name}: cards do not overlap, and stand inside the boxes of their groups`, () => {
    const graph = fixture(name);
    const layout = layoutGraph(graph);
    const cards = [...layout.cards.entries()];
    const parents = new Map(graph.groups.map((g) => [g.id, g.parent ?? null]));

    assert.equal(cards.length, graph.nodes.length);
    for (const [i, [a, rect]] of cards.entries())
      for (const [b, other] of cards.slice(i + 1))
        assert.ok(!overlap(rect, other), `${a} and ${b}`);
    for (const node of graph.nodes)
      for (let at = node.group ?? null; at; at = parents.get(at) ?? null) {
        const box = known(layout.boxes.find((b) => b.id === at));
        assert.ok(holds(box, known(layout.cards.get(node.id))), `${node.id} in ${at}`);
      }
    for (const node of graph.nodes.filter((n) => !n.group))
      for (const box of layout.boxes)
        assert.ok(!overlap(box, known(layout.cards.get(node.id))), `${node.id} over ${box.id}`);
  });

  test(`${name}: the order of the input does not matter`, () => {
    const graph = fixture(name);
    const turned = {
      ...graph,
      nodes: [...graph.nodes].reverse(),
      edges: [...graph.edges].reverse(),
      groups: [...graph.groups].reverse(),
    };
    const [layout, other] = [layoutGraph(graph), layoutGraph(turned)];

    for (const [id, rect] of layout.cards) assert.deepEqual(other.cards.get(id), rect, id);
  });

  test(`${name}: a change of states moves no card`, () => {
    const graph = fixture(name);
    const layout = layoutGraph(graph);
    const changed = {
      ...graph,
      nodes: graph.nodes.map((n) => ({ ...n, state: /** @type {const} */ ('warn') })),
      edges: graph.edges.map((e) => ({ ...e, state: /** @type {const} */ ('notready') })),
    };

    const kept = keepPlaces(layout, changed, layoutGraph(changed));

    for (const [id, { x, y }] of layout.cards) {
      const now = known(kept.cards.get(id));
      assert.deepEqual([now.x, now.y], [x, y], id);
    }
  });
}

test('bands share their columns and stand one below the other', () => {
  const graph = fixture('families');
  const layout = layoutGraph(graph);
  const [upper, lower] = ['Band/IPv4', 'Band/IPv6'].map((id) =>
    known(layout.boxes.find((b) => b.id === id)),
  );
  const lanes = new Map(layout.lanes.map((l) => [l.id, l]));

  assert.ok(known(upper).y + known(upper).h < known(lower).y);
  assert.equal(known(upper).x, known(lower).x);
  for (const node of graph.nodes.filter((n) => n.group && !n.compact))
    assert.equal(known(layout.cards.get(node.id)).x, known(lanes.get(node.lane)).x, node.id);
});

test('a line arrives at its socket, and each socket has a place of its own', () => {
  const graph = fixture('families');
  const layout = layoutGraph(graph);
  const routes = routeEdges(graph.edges, layout, graph.groups);
  const arriving = graph.edges.filter((e) => e.socket);

  assert.ok(arriving.length > 0);
  for (const edge of arriving) {
    const socket = known(edge.socket);
    const place = socketRect(known(layout.cards.get(edge.to)), socket);
    const [x, y] = known(routes.get(edge.id)).curve[3];
    assert.equal(x, place.x);
    assert.ok(y > place.y && y < place.y + place.h, edge.id);
  }
});

test('a missing address is an empty socket that says so', () => {
  const pod = known(
    fixture('families').nodes.find((n) => n.sockets?.some((s) => s.state === 'missing')),
  );
  const drawn = text(cardDrawing(pod));

  assert.match(drawn, /nv-socket is-missing/);
  assert.match(drawn, />no IPv6</);
  assert.ok(cardSize(pod).w > cardSize({ ...pod, sockets: [] }).w);
});

test('a bin has a cell per place, in one path per state', () => {
  const grid = binGrid('rrn', 100);

  assert.equal(grid.length, 3);
  const paths = text(grid);
  assert.equal(paths.match(/M/g)?.length, 100);
  assert.equal(known(/is-ready" d="([^"]*)"/.exec(paths)?.[1]).match(/M/g)?.length, 2);
});

test('the grid of a thousand places keeps its side', () => {
  const ends = [...text(binGrid('', 1000)).matchAll(/M([\d.]+) ([\d.]+)/g)];

  assert.equal(ends.length, 1000);
  assert.ok(ends.every(([, x, y]) => Number(x) < 14 + 132 && Number(y) < 62 + 132));
});

test('a bin shows the last writes and how many there were, and nothing before they are read', () => {
  const bin = known(fixture('slices').nodes.find((n) => n.cells?.startsWith('rrr')));

  const drawn = text(cardDrawing(bin, { writes: { ready: [4, 3, 2], count: 38 } }));

  assert.deepEqual(churn(), []);
  assert.match(drawn, /nv-churn" d="([^"]*M){3}[^"]*".*>38 writes</s);
  assert.doesNotMatch(text(cardDrawing(bin)), /nv-churn/);
});

test('bins stand side by side, wider where there are many', () => {
  assert.deepEqual([1, 2, 4, 12, 60].map(binColumns), [1, 2, 2, 4, 5]);
});

test('lines may end at the box of a group, on the page and in exports', () => {
  const graph = fixture('slices');
  const layout = layoutGraph(graph);
  const edge = known(graph.edges.find((e) => e.from.startsWith('Slices/')));
  const box = known(layout.boxes.find((b) => b.id === edge.from));
  const shown = filtered(
    {
      nodes: new Map(graph.nodes.map((n) => [n.id, n])),
      edges: new Map(graph.edges.map((e) => [e.id, e])),
      groups: new Map(graph.groups.map((g) => [g.id, g])),
    },
    noFilter(),
  );

  assert.ok(shown.edges.has(edge.id));
  const route = known(routeEdges([edge], layout, graph.groups).get(edge.id));
  assert.equal(route.curve[0][0], box.x + box.w);
  assert.match(exportMermaid(graph), /g\d+ --- n\d+/);
});

test('the legend tells what lines mean here, and what cards show', () => {
  const slices = fixture('slices');
  const marks = legendMarks(slices.nodes).map(({ key }) => key);

  assert.equal(legendRows(slices.edges, 'slices').find((r) => r.key === 'own')?.text, 'packed by');
  assert.deepEqual(marks, ['cell-r', 'cell-n', 'cell-free', 'assumed']);
  assert.deepEqual(
    legendMarks(fixture('families').nodes).map(({ key, count }) => [key, count]),
    [['socket', 1]],
  );
  assert.deepEqual(legendMarks(fixture('map-l1').nodes), []);
});

test('the table of differences is drawn whole, beneath both bands', () => {
  const graph = fixture('compare');
  const layout = layoutGraph(graph);
  const sheet = known(graph.nodes.find((n) => n.grid));
  const drawn = text(cardDrawing(sheet));

  for (const row of known(sheet.grid).rows)
    assert.ok(drawn.includes(`>${row[0]}<`), String(row[0]));
  const top = known(layout.cards.get(sheet.id)).y;
  assert.ok(layout.boxes.every((b) => b.y + b.h < top));
});
