import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causedBy, restsOn } from '../../static/js/state/causes.js';
import { culprits } from '../../static/js/view/culprit.js';

/** @type {[string, string, boolean][]} field pressed, field of the reason, whether it rests on it */
const FIELDS = [
  ['spec.selector', 'spec.selector', true],
  ['spec.selector.app', 'spec.selector', true],
  ['spec', 'spec.selector', true],
  ['spec.select', 'spec.selector', false],
  ['spec.ports[0].targetPort', 'spec.ports[0].targetPort', true],
  ['spec.ports[1].targetPort', 'spec.ports[0].targetPort', false],
  ['spec.ports[1]', 'spec.ports[].port', true],
  ['', 'spec.selector', false],
  ['spec.selector', '', false],
];

for (const [path, reason, rests] of FIELDS)
  test(`${reason || 'no field'} ${rests ? 'rests' : 'does not rest'} on ${path || 'none'}`, () => {
    assert.equal(restsOn(path, reason), rests);
  });

/** @param {string} id @param {string} state @param {string} [path] */
const edge = (id, state, path) => {
  const [from, to] = id.split('>');
  const why = path ? [{ text: '', object: 'Service shop/web', path }] : [];
  return /** @type {any} */ ({ id, from, to, state, why });
};
const EDGES = [
  edge('Service/shop/web>Slice', 'allow', 'spec.ports[0].targetPort'),
  edge('Slice>Pod', 'deny'),
  edge('Pod>Node', 'own'),
];
const ids = (/** @type {any[]} */ edges) => edges.map(({ id }) => id);

test('a field causes the edges whose reasons name it and its object', () => {
  assert.deepEqual(ids(causedBy(EDGES, 'Service shop/web', 'spec.ports')), [EDGES[0].id]);
  assert.deepEqual(causedBy(EDGES, 'Service shop/other', 'spec.ports'), []);
});

test('a finding lights the edges of its field, else those that go wrong, else those of its card', () => {
  const lit = (/** @type {any[]} */ edges, /** @type {string} */ field) =>
    culprits(edges, 'Service/shop/web', field);
  assert.deepEqual(lit(EDGES, 'spec.ports[0].targetPort'), [EDGES[0].id]);
  assert.deepEqual(lit(EDGES, 'spec.type'), [EDGES[1].id]);
  assert.deepEqual(lit([EDGES[0], EDGES[2]], 'spec.type'), [EDGES[0].id]);
});
