// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitTransform } from '../../static/js/graph/fit.js';
import { layoutGraph } from '../../static/js/graph/layout.js';
import { settle } from '../../static/js/graph/layout-lanes.js';
import { nearest, readingOrder } from '../../static/js/graph/reading.js';
import { at, fixture, seeded } from './fixture.js';

/** @typedef {import('../../static/js/types.js').Rect} Rect */

/** @param {Rect} a @param {Rect} b */
const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** @param {string} name */
function cardsOf(name) {
  const graph = fixture(name);
  return { graph, layout: layoutGraph(graph) };
}

for (const name of ['endpoints', 'map-l1', 'map-l0', 'huge']) {
  test(`${name}: every node has a card and no two cards overlap`, () => {
    const { graph, layout } = cardsOf(name);
    const cards = [...layout.cards.entries()];

    assert.equal(cards.length, graph.nodes.length);
    for (const [i, [a, rect]] of cards.entries())
      for (const [b, other] of cards.slice(i + 1))
        assert.ok(!overlap(rect, other), `${a} and ${b}`);
  });

  test(`${name}: the order of the input does not matter`, () => {
    const random = seeded(7);
    const { graph, layout } = cardsOf(name);
    const shuffle = (/** @type {any[]} */ list) =>
      list
        .map((v) => ({ v, r: random() }))
        .sort((a, b) => a.r - b.r)
        .map(({ v }) => v);
    const other = layoutGraph({
      ...graph,
      nodes: shuffle(graph.nodes),
      edges: shuffle(graph.edges),
      groups: shuffle(graph.groups),
    });

    for (const [id, rect] of layout.cards) assert.deepEqual(other.cards.get(id), rect, id);
  });

  test(`${name}: everything lies inside the drawing`, () => {
    const { layout } = cardsOf(name);
    for (const r of [...layout.cards.values(), ...layout.boxes])
      assert.ok(r.x >= 0 && r.y >= 0 && r.x + r.w <= layout.width && r.y + r.h <= layout.height);
  });
}

test('lanes stand left to right in their order, and keep their column when empty', () => {
  const { layout } = cardsOf('empty');
  const xs = layout.lanes.map((l) => l.x);

  assert.deepEqual(
    xs,
    [...xs].sort((a, b) => a - b),
  );
  assert.equal(new Set(xs).size, 2);
});

test('a lane fed through port pills stands further away', () => {
  const { layout } = cardsOf('endpoints');
  const [service, slices, endpoints] = [0, 1, 2].map((i) => at(layout.lanes, i));
  assert.ok(service && slices && endpoints);

  assert.ok(slices.x - service.x - service.w >= 128);
  assert.ok(endpoints.x - slices.x - slices.w < 80);
});

test("a group's box holds its cards and no others", () => {
  const { graph, layout } = cardsOf('endpoints');
  const holds = (/** @type {Rect} */ a, /** @type {Rect} */ b) =>
    a.x <= b.x && a.y <= b.y && a.x + a.w >= b.x + b.w && a.y + a.h >= b.y + b.h;
  for (const box of layout.boxes)
    for (const node of graph.nodes) {
      const rect = layout.cards.get(node.id);
      assert.equal(rect && holds(box, rect), node.group === box.id, `${box.id} ${node.id}`);
    }
});

test('namespaces do not overlap, and the one in focus stands first', () => {
  const { graph, layout } = cardsOf('map-l1');
  const spaces = layout.boxes.filter((b) =>
    graph.groups.some((g) => g.id === b.id && g.kind === 'namespace'),
  );

  for (const [i, a] of spaces.entries())
    for (const b of spaces.slice(i + 1)) assert.ok(!overlap(a, b));
  assert.equal(
    at(
      [...spaces].sort((a, b) => a.x - b.x),
      0,
    ).id,
    'Namespace//shop',
  );
});

test('what sends into the cluster from outside stands left of the namespaces', () => {
  const { layout } = cardsOf('map-l1');
  const internet = layout.cards.get('External//internet');

  assert.ok(internet && layout.boxes.every((b) => internet.x + internet.w < b.x));
});

test('a namespace with more Pods never has the smaller tile, and the rest comes last', () => {
  const { graph, layout } = cardsOf('map-l0');
  const area = (/** @type {string} */ id) => {
    const r = layout.cards.get(id);
    return r ? r.w * r.h : 0;
  };
  const named = graph.nodes.filter((n) => n.count === 1);
  for (const a of named)
    for (const b of named)
      if ((a.size ?? 0) > (b.size ?? 0))
        assert.ok(area(a.id) >= area(b.id) * 0.5, `${a.id} ${b.id}`);
  const order = readingOrder(layout);
  assert.equal(order[order.length - 1], 'Namespace//other (33)');
});

test('units that would overlap are pushed apart as little as possible, in their order', () => {
  const unit = { group: null, nodes: [], offsets: [], height: 40, reserve: 0, rowGap: 12 };

  assert.deepEqual(settle([unit, unit, unit], [100, 100, 400], 56), [74, 126, 400]);
  assert.deepEqual(settle([unit, unit], [0, 0], 56), [56, 108]);
  assert.deepEqual(settle([unit, unit], [null, null], 56), [56, 108]);
});

test('reading goes lane by lane from the top', () => {
  const order = readingOrder(cardsOf('endpoints').layout);

  assert.equal(order[0], 'Service/shop/frontend');
  assert.equal(order[1], 'EndpointSlice/shop/frontend-x7k2p');
  assert.equal(order[order.length - 1], 'Node//node-3');
});

test('an arrow leads to the nearest card that way, and nowhere at the edge', () => {
  const { layout } = cardsOf('endpoints');

  assert.equal(nearest(layout.cards, 'Service/shop/frontend', 'ArrowLeft'), null);
  assert.equal(
    nearest(layout.cards, 'EndpointSlice/shop/frontend-x7k2p', 'ArrowDown'),
    'EndpointSlice/shop/frontend-m4hjd',
  );
  assert.match(
    nearest(layout.cards, 'EndpointSlice/shop/frontend-x7k2p', 'ArrowRight') ?? '',
    /^Pod\//,
  );
});

test('arrows reach every card', () => {
  const { graph, layout } = cardsOf('endpoints');
  const seen = new Set([at(graph.nodes, 0).id]);
  const queue = [...seen];
  for (const id of queue)
    for (const key of ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']) {
      const next = nearest(layout.cards, id, key);
      if (next && !seen.has(next)) queue.push(next);
      if (next) seen.add(next);
    }

  assert.equal(seen.size, graph.nodes.length);
});

test('fit shows the whole drawing, and never above its own size', () => {
  assert.equal(fitTransform({ width: 400, height: 300 }, { w: 1000, h: 800 }).k, 1);
  const { x, y, k } = fitTransform({ width: 2000, height: 4000 }, { w: 1000, h: 800 });
  assert.ok(x >= 0 && y >= 0 && 2000 * k <= 1000 && 4000 * k <= 800);
});

test('the first view of a large drawing keeps texts legible and starts at its top', () => {
  const { y, k } = fitTransform(
    { width: 1200, height: 20000 },
    { w: 1000, h: 800 },
    { readable: true },
  );

  assert.ok(k >= 0.62);
  assert.equal(y, 0);
});
