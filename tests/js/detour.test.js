// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curve, pointAt } from '../../static/js/graph/curve.js';
import { clearCurve } from '../../static/js/graph/detour.js';
import { Taken } from '../../static/js/graph/taken.js';

/** @typedef {import('../../static/js/types.js').Point} Point */
/** @type {Point} */
const from = [200, 300];
/** @type {Point} */
const to = [900, 100];
const ends = [
  { x: 0, y: 270, w: 200, h: 60 },
  { x: 900, y: 70, w: 200, h: 60 },
];
/** Heights of a curve where it passes the middle of a lane. */
const heightAt = (
  /** @type {import('../../static/js/types.js').Cubic} */ c,
  /** @type {number} */ x,
) => {
  for (let t = 0; t <= 1; t += 0.001) {
    const [at, y] = pointAt(c, t);
    if (at >= x) return y;
  }
  return c[3][1];
};

test('a long curve with nothing in its way is the plain one', () => {
  assert.deepEqual(clearCurve(from, to, 1, 1, new Taken(ends)), curve(from, to, 1, 1));
});

test('a short curve is the plain one, whatever it passes', () => {
  const cards = new Taken([...ends, { x: 0, y: 0, w: 1000, h: 1000 }]);

  assert.deepEqual(
    clearCurve([200, 300], [400, 100], 1, 1, cards),
    curve([200, 300], [400, 100], 1, 1),
  );
});

test('a long curve rises late below a card, early above one', () => {
  const above = { x: 480, y: 120, w: 140, h: 120 };
  const below = { x: 480, y: 160, w: 140, h: 120 };
  const late = clearCurve(from, to, 1, 1, new Taken([...ends, above]));
  const early = clearCurve(from, to, 1, 1, new Taken([...ends, below]));

  assert.ok(heightAt(late, 620) > 240);
  assert.ok(heightAt(early, 480) < 160);
});

test('where every way meets as many cards, the plain one is taken', () => {
  const wall = { x: 480, y: -1000, w: 140, h: 2000 };

  assert.deepEqual(clearCurve(from, to, 1, 1, new Taken([...ends, wall])), curve(from, to, 1, 1));
});
