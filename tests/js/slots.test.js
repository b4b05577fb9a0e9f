// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layoutGraph } from '../../static/js/graph/layout.js';
import { keepPlaces } from '../../static/js/graph/slots.js';
import { at, fixture, seeded } from './fixture.js';

/** @typedef {import('../../static/js/types.js').Graph} Graph */
/** @typedef {import('../../static/js/types.js').Rect} Rect */

/** @param {Rect} a @param {Rect} b */
const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** A graph with some nodes taken away and some added beside others.
 * @param {Graph} graph @param {() => number} random @param {number} turn @returns {Graph} */
function altered(graph, random, turn) {
  const kept = graph.nodes.filter(() => random() > 0.12);
  const added = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, i) => {
    const like = at(graph.nodes, Math.floor(random() * graph.nodes.length));
    const name = `new-${turn}-${i}`;
    return {
      ...like,
      id: `${like.kind}/${like.namespace}/${name}`,
      name,
      order: `${like.order ?? ''}${name}`,
    };
  });
  return { ...graph, nodes: [...kept, ...added] };
}

for (const name of ['endpoints', 'map-l1', 'map-l0', 'huge']) {
  test(`${name}: no card that was there moves, and none overlap, over random changes`, () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seeded(seed);
      let graph = fixture(name);
      let layout = layoutGraph(graph);
      for (let turn = 0; turn < 6; turn++) {
        const next = altered(graph, random, turn);
        const after = keepPlaces(layout, next, layoutGraph(next));
        for (const node of next.nodes) {
          const [old, now] = [layout.cards.get(node.id), after.cards.get(node.id)];
          assert.ok(now, node.id);
          if (old) assert.deepEqual([now.x, now.y], [old.x, old.y], `${node.id} moved`);
        }
        const cards = [...after.cards];
        for (const [i, [a, r]] of cards.entries())
          for (const [b, s] of cards.slice(i + 1))
            assert.ok(!overlap(r, s), `seed ${seed} turn ${turn}: ${a} on ${b}`);
        [graph, layout] = [next, after];
      }
    }
  });
}

const GROUP = 'Group/shop/frontend';

/** @param {Graph} graph @param {string} name @param {string} group @returns {Graph} */
function withPod(graph, name, group = GROUP) {
  const like = graph.nodes.find((n) => n.group === group);
  assert.ok(like);
  return {
    ...graph,
    nodes: [...graph.nodes, { ...like, id: `Pod/shop/${name}`, name, order: `9${name}` }],
  };
}

test('a new card takes the row a removed one has left', () => {
  const graph = fixture('endpoints');
  const layout = layoutGraph(graph);
  const gone = 'Pod/shop/frontend-6d5f9c7b84-9wzlt';
  const place = layout.cards.get(gone);
  const without = { ...graph, nodes: graph.nodes.filter((n) => n.id !== gone) };
  const between = keepPlaces(layout, without, layoutGraph(without));
  const next = withPod(without, 'late');

  assert.deepEqual(keepPlaces(between, next, layoutGraph(next)).cards.get('Pod/shop/late'), place);
});

test('the place of a ghost stays free', () => {
  const graph = fixture('endpoints');
  const layout = layoutGraph(graph);
  const gone = 'Pod/shop/frontend-6d5f9c7b84-9wzlt';
  const place = layout.cards.get(gone);
  assert.ok(place);
  const next = withPod({ ...graph, nodes: graph.nodes.filter((n) => n.id !== gone) }, 'late');
  const late = keepPlaces(layout, next, layoutGraph(next), new Map([[gone, place]])).cards.get(
    'Pod/shop/late',
  );

  assert.ok(late && !overlap(late, place));
});

test("where there is room below, the group's box grows downward", () => {
  const graph = fixture('endpoints');
  const layout = layoutGraph(graph);
  const next = withPod(graph, 'late', 'Group/shop/off');
  const after = keepPlaces(layout, next, layoutGraph(next));
  const boxes = (/** @type {typeof layout} */ l) =>
    l.boxes.filter((b) => b.id === 'Group/shop/off');
  const [before, now] = [boxes(layout), boxes(after)];

  assert.equal(now.length, 1);
  assert.ok(at(now, 0).h > at(before, 0).h && at(now, 0).y === at(before, 0).y);
});

test('where another box stands in the way, the group goes on in a second box', () => {
  const graph = fixture('endpoints');
  const next = withPod(graph, 'late');
  const after = keepPlaces(layoutGraph(graph), next, layoutGraph(next));
  const boxes = after.boxes.filter((b) => b.id === GROUP);

  assert.equal(boxes.length, 2);
  assert.equal(at(boxes, 1).continued, true);
});

test('one row in five is kept free below a group', () => {
  const graph = fixture('huge');
  const layout = layoutGraph(graph);
  const like = graph.nodes.find((n) => n.kind === 'Pod');
  assert.ok(like);
  const late = Array.from({ length: 4 }, (_, i) => ({
    ...like,
    id: `Pod/load/late-${i}`,
    name: `late-${i}`,
    order: `9${i}`,
  }));
  const next = { ...graph, nodes: [...graph.nodes, ...late] };
  const after = keepPlaces(layout, next, layoutGraph(next));

  assert.equal(after.boxes.filter((b) => b.id === like.group).length, 1);
});

test('the box of a group that is gone disappears', () => {
  const graph = fixture('endpoints');
  const next = {
    ...graph,
    groups: graph.groups.filter((g) => g.kind !== 'off'),
    nodes: graph.nodes.filter((n) => n.group !== 'Group/shop/off'),
  };

  assert.ok(
    !keepPlaces(layoutGraph(graph), next, layoutGraph(next)).boxes.some(
      (b) => b.id === 'Group/shop/off',
    ),
  );
});
