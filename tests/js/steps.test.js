import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followed } from '../../static/js/state/steps.js';

/** @typedef {import('../../static/js/state/happenings.js').Happening} Happening */

/** @param {number} rev @param {string} kind @param {string} name @param {string[]} fields
 * @param {Happening['verb']} [verb] @param {string} [text] @returns {Happening} */
const change = (rev, kind, name, fields, verb = 'changed', text = '') => ({
  rev,
  time: `2026-01-01T12:00:0${rev}Z`,
  verb,
  kind,
  namespace: 'shop',
  name,
  fields,
  text,
});

test('the changes of one object are one step, told when it first happened', () => {
  const steps = followed([
    change(1, 'Pod', 'a', ['spec.x']),
    change(2, 'Service', 's', []),
    change(3, 'Pod', 'a', ['status.y']),
  ]);

  assert.deepEqual(
    steps.map(({ event, after, count, rev }) => [event.name, after, count, rev]),
    [
      ['a', '0.0', 2, 3],
      ['s', '1.0', 1, 2],
    ],
  );
  assert.deepEqual(steps[0]?.event.fields, ['spec.x', 'status.y']);
});

test('three objects of a kind that change alike are one step with their names', () => {
  const steps = followed(['a', 'b', 'c'].map((name, at) => change(at + 1, 'Pod', name, ['f'])));

  assert.deepEqual(
    steps.map(({ names, rev, count }) => [names, rev, count]),
    [[['shop/a', 'shop/b', 'shop/c'], 3, 3]],
  );
});

test('what is added and what changes are told apart, and so is every finding', () => {
  const steps = followed([
    change(1, 'Pod', 'a', [], 'added'),
    change(1, 'Pod', 'a', ['f']),
    ...['x', 'y', 'z'].map((text) => change(2, 'Service', 's', [], 'finding', text)),
  ]);

  assert.equal(steps.length, 5);
});

test('fields that only come along give way to those that tell more', () => {
  const [one, other] = followed([
    change(1, 'Pod', 'a', [
      'status.conditions[2].lastTransitionTime',
      'status.conditions[2].status',
    ]),
    change(1, 'Node', 'n', ['metadata.generation']),
  ]);

  assert.deepEqual(one?.event.fields, ['status.conditions[2].status']);
  assert.deepEqual(other?.event.fields, ['metadata.generation']);
});
