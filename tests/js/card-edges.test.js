// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edgeWords } from '../../static/js/graph/card-edges.js';

/** @param {string} id @param {string} label */
const node = (id, label) => ({ id, label });
/** @param {object[]} edges */
const graphOf = (edges) =>
  /** @type {any} */ ({
    view: 'map',
    nodes: [
      node('a', 'Service web, ClusterIP, 10.0.0.1'),
      node('b', 'Deployment web, 2 Pods, 2 ready'),
    ],
    groups: [{ id: 'g', label: 'shop' }],
    edges,
  });

test('a card says where its lines lead, where they come from, and what becomes of them', () => {
  const words = edgeWords(
    graphOf([
      { id: '1', from: 'a', to: 'b', state: 'allow', label: '80/TCP' },
      { id: '2', from: 'g', to: 'a', state: 'deny' },
    ]),
  );

  assert.equal(words.get('a'), '2 edges: to Deployment web: allowed 80/TCP; from shop: denied');
  assert.equal(words.get('b'), '1 edge: from Service web: allowed 80/TCP');
});

test('of many lines the first are named and the rest counted', () => {
  const edges = Array.from({ length: 11 }, (_, i) => ({
    id: `${i}`,
    from: 'a',
    to: `x${i}`,
    state: 'allow',
  }));

  const text = edgeWords(graphOf(edges)).get('a') ?? '';

  assert.match(text, /^11 edges: to x0: allowed; /);
  assert.match(text, /; and 3 more$/);
});
