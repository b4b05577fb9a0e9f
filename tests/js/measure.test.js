// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edgeWidth } from '../../static/js/graph/edge.js';
import { ending, endingParts, fitted, middle, textWidth } from '../../static/js/graph/measure.js';
import { grouped } from '../../static/js/graph/tile.js';

test('a name that fits is not shortened', () => {
  assert.equal(middle('frontend', 8), 'frontend');
});

test('a long name is shortened in the middle and keeps its hash suffix', () => {
  const short = middle('frontend-canary-57c9d6b4f-q8mzn', 21);

  assert.equal(short, 'frontend-c…6b4f-q8mzn');
  assert.equal(short.length, 21);
});

test('a shortened name never exceeds its room', () => {
  for (let room = 0; room < 40; room++)
    assert.ok(middle('a-name-of-thirty-one-characters', room).length <= room);
});

test('a line is shortened at its end', () => {
  assert.equal(ending('10.244.1.17, fd00::17', 12), '10.244.1.17…');
});

test('of a line of parts the last are left out whole', () => {
  const line = '10.96.201.112 · 80/TCP';
  const fitted = (/** @type {number} */ max) => endingParts(line, max);

  assert.deepEqual([30, 21, 15, 13, 8].map(fitted), [
    line,
    '10.96.201.112 …',
    '10.96.201.112 …',
    '10.96.201.112',
    '10.96.2…',
  ]);
  assert.equal(endingParts('×4 · app=frontend,track=stable', 20), '×4 · app=frontend,t…');
});

test('an edge widens with the logarithm of its count, within limits', () => {
  assert.deepEqual([undefined, 1, 2, 4, 12, 48, 100000].map(edgeWidth), [2, 2, 2, 3, 5, 7, 7]);
});

test('thousands are separated the same in every locale', () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(grouped), ['0', '999', '1,000', '1,234,567']);
});

test('a name is fitted by the width of its letters', () => {
  assert.equal(fitted('frontend', 94), 'frontend');
  assert.equal(fitted('recommendations', 94), 'recom…tions');
  assert.ok(fitted('mmmmmmmmmmmmmmmm', 94).length < fitted('iiiiiiiiiiiiiiiiiiiiiiiii', 94).length);
  for (let room = 30; room < 300; room += 7)
    assert.ok(textWidth(fitted('frontend-canary-57c9d6b4f-q8mzn', room), 13) <= room);
});
