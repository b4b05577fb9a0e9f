// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CHANGED_MS,
  combine,
  difference,
  GHOST_MS,
  GraphStore,
  isEqual,
  summary,
} from '../../static/js/graph/store.js';
import { at, fixture, seeded } from './fixture.js';

/** @typedef {import('../../static/js/types.js').Graph} Graph */

/** @param {Graph} graph */
const loaded = (graph) => {
  const store = new GraphStore();
  store.load(graph);
  return store;
};

/** A graph without the order of its elements.
 * @param {Graph|null} graph */
const content = (graph) => {
  assert.ok(graph);
  const sort = (/** @type {{id: string}[]} */ list) =>
    [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    ...graph,
    nodes: sort(graph.nodes),
    edges: sort(graph.edges),
    groups: sort(graph.groups),
  };
};

/** @param {Graph} graph @param {number} rev @param {number} seed @returns {Graph} */
function later(graph, rev, seed) {
  const random = seeded(seed);
  const nodes = graph.nodes
    .filter(() => random() > 0.2)
    .map((n) => (random() > 0.7 ? { ...n, word: `rev ${rev}` } : n));
  nodes.push({ ...at(graph.nodes, 0), id: `Pod/shop/new-${rev}`, name: `new-${rev}` });
  const edges = graph.edges.filter(() => random() > 0.3);
  return {
    ...graph,
    rev,
    nodes,
    edges,
    title: `at ${rev}`,
    time: `2026-01-01T12:00:${String(rev % 60).padStart(2, '0')}Z`,
  };
}

test('the difference between two graphs, applied to the first, gives the second', () => {
  for (let seed = 1; seed < 30; seed++) {
    const first = fixture('endpoints');
    const second = later(first, 8124, seed);
    const store = loaded(first);
    store.apply(difference(first, second), 0);

    assert.deepEqual(content(store.graph()), content(second));
  }
});

test('two deltas as one do what they do one after the other', () => {
  for (let seed = 1; seed < 30; seed++) {
    const a = fixture('endpoints');
    const b = later(a, 8124, seed);
    const c = later(b, 8125, seed + 100);
    const store = loaded(a);
    store.apply(combine(difference(a, b), difference(b, c)), 0);

    assert.deepEqual(content(store.graph()), content(c));
  }
});

test('a snapshot is merged by its difference: what did not change stays the same object', () => {
  const store = loaded(fixture('endpoints'));
  const kept = store.nodes.get('Service/shop/frontend');
  const { changes } = store.merge({ ...fixture('endpoints'), rev: 9000 }, 0);

  assert.equal(changes.any, false);
  assert.equal(store.rev, 9000);
  assert.equal(store.nodes.get('Service/shop/frontend'), kept);
});

test('a delta is applied only when it begins at or before the revision shown', () => {
  const store = loaded(fixture('endpoints'));

  assert.equal(store.check({ prev: 8123, rev: 8125 }), 'apply');
  assert.equal(store.check({ prev: 8100, rev: 8125 }), 'apply');
  assert.equal(store.check({ prev: 8124, rev: 8125 }), 'gap');
  assert.equal(store.check({ prev: 8100, rev: 8123 }), 'old');
});

test('a removed card stays as a ghost for its time, a changed one keeps its mark', () => {
  const store = loaded(fixture('endpoints'));
  const pod = store.graph()?.nodes[3];
  assert.ok(pod);
  store.apply(
    {
      prev: 8123,
      rev: 8124,
      remove: { nodes: [pod.id] },
      change: { nodes: [{ ...at(fixture('endpoints').nodes, 0), word: 'new' }] },
    },
    1000,
  );

  assert.ok(store.ghosts.has(pod.id) && !store.nodes.has(pod.id));
  assert.deepEqual(store.expire(1000 + GHOST_MS - 1), { ghosts: [], marks: [] });
  assert.deepEqual(store.expire(1000 + GHOST_MS).ghosts, [pod.id]);
  assert.deepEqual(store.expire(1000 + CHANGED_MS).marks, ['Service/shop/frontend']);
});

test('an object that comes back is no ghost', () => {
  const store = loaded(fixture('endpoints'));
  const pod = at(fixture('endpoints').nodes, 3);
  store.apply({ prev: 8123, rev: 8124, remove: { nodes: [pod.id] } }, 0);
  store.apply({ prev: 8124, rev: 8125, add: { nodes: [pod] } }, 1);

  assert.equal(store.ghosts.size, 0);
});

test('a change of words alone is no change of structure', () => {
  const store = loaded(fixture('endpoints'));
  const first = at(fixture('endpoints').nodes, 0);
  const changes = store.apply(
    { prev: 8123, rev: 8124, change: { nodes: [{ ...first, word: 'other' }] } },
    0,
  );

  assert.deepEqual([changes.structure, changes.changed], [false, [first.id]]);
});

test('only the head members that came are replaced', () => {
  const store = loaded(fixture('endpoints'));
  store.apply({ prev: 8123, rev: 8124, head: { title: 'other' } }, 0);

  assert.equal(store.base?.title, 'other');
  assert.equal(store.base?.label, fixture('endpoints').label);
});

test('the account of a delta counts cards', () => {
  const [a, b] = [0, 1].map((i) => at(fixture('endpoints').nodes, i));
  assert.ok(a && b);

  assert.equal(
    summary({
      prev: 1,
      rev: 2,
      add: { nodes: [a] },
      remove: { nodes: ['x', 'y'] },
      change: { nodes: [b] },
    }),
    '+1 −2 ~1',
  );
});

test('equality looks into values, not at the order of members', () => {
  assert.ok(isEqual({ a: [1, { b: 2 }], c: null }, { c: null, a: [1, { b: 2 }] }));
  assert.ok(!isEqual({ a: undefined }, {}));
  assert.ok(!isEqual([1], { 0: 1 }));
});

test('rows of the table are replaced by their place, also in deltas that were joined', () => {
  const graph = fixture('endpoints');
  const row = (/** @type {string} */ id) => ({ id, cells: [{ text: id }] });
  const one = {
    rev: 9001,
    prev: graph.rev,
    head: {},
    rows: [
      [0, row('a')],
      [1, row('b')],
    ],
  };
  const two = { rev: 9002, prev: 9001, head: {}, rows: [[1, row('c')]] };
  const whole = {
    rev: 9003,
    prev: 9002,
    head: { table: { columns: [], rows: [row('x'), row('y')] } },
  };
  const last = { rev: 9004, prev: 9003, head: {}, rows: [[0, row('z')]] };
  /** @param {any[]} deltas */
  const ids = (deltas) => {
    const store = loaded(fixture('endpoints'));
    for (const delta of deltas) store.apply(delta, 0);
    return store.graph()?.table?.rows.map((r) => r.id);
  };
  const rest = (graph.table?.rows ?? []).slice(2).map((r) => r.id);
  const all = /** @type {any[]} */ ([one, two, whole, last]);

  assert.deepEqual(ids(all.slice(0, 2)), ['a', 'c', ...rest]);
  assert.deepEqual(ids([combine(all[0], all[1])]), ['a', 'c', ...rest]);
  assert.deepEqual(ids([all.reduce(combine)]), ['z', 'y']);
  assert.deepEqual(ids(all), ['z', 'y']);
});
