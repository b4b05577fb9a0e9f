import assert from 'node:assert/strict';
import { test } from 'node:test';
import { continues, joined, passes, titleOf } from '../../static/js/state/happenings.js';

/** @type {import('../../static/js/state/happenings.js').Happening} */
const EVENT = {
  rev: 7,
  time: '2026-01-01T12:00:00Z',
  verb: 'changed',
  kind: 'Pod',
  namespace: 'shop',
  name: 'web-1',
  fields: ['spec.nodeName'],
  actor: 'ana',
};

/** @type {[string, boolean|null][]} */
const QUERIES = [
  ['', true],
  ['kind=pod', true],
  ['kind=service', false],
  ['ns=shop&verb=modified', true],
  ['ns=other', false],
  ['verb=added', false],
  ['actor=bob', false],
  ['q=NODENAME', true],
  ['q=shop%2Fweb', true],
  ['q=cart', false],
  ['q=kind:po+status:modified', true],
  ['q=-kind:pod', false],
  ['q=label:app', null],
  ['q=near:web', null],
];

for (const [query, expected] of QUERIES)
  test(`of a change of a Pod the filter "${query}" says ${expected}`, () => {
    assert.equal(passes(EVENT, new URLSearchParams(query)), expected);
  });

test('cluster-scoped objects have no namespace in their title', () => {
  assert.equal(titleOf({ ...EVENT, kind: 'Node', namespace: '', name: 'n' }), 'Node n');
});

test('a change continues one of the same object up to five seconds before', () => {
  assert.ok(continues({ ...EVENT, time: '2026-01-01T12:00:05Z' }, EVENT));
  assert.ok(!continues({ ...EVENT, time: '2026-01-01T12:00:06Z' }, EVENT));
  assert.ok(!continues({ ...EVENT, name: 'web-2' }, EVENT));
  assert.ok(!continues({ ...EVENT, verb: 'removed' }, EVENT));
  assert.ok(continues(EVENT, { ...EVENT, verb: 'added' }));
  assert.ok(!continues(EVENT, { ...EVENT, verb: 'removed' }));
});

test('a joined row tells every field and every actor once, the newest actor first', () => {
  const later = { ...EVENT, rev: 8, fields: ['spec.nodeName', 'status.phase'], actor: 'engine' };
  const row = joined(later, EVENT);
  assert.deepEqual(row.fields, ['spec.nodeName', 'status.phase']);
  assert.equal(row.actor, 'engine, ana');
  assert.equal(row.rev, 8);
});
