// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Teller } from '../../static/js/live/teller.js';

const change = (/** @type {number} */ rev) => ({
  rev,
  prev: rev - 1,
  change: { nodes: [{ id: 'Pod/a/b' }] },
});

test('a first change is told at once, and what follows once per 10 s, together', () => {
  const teller = new Teller();
  /** @type {[number, string][]} */
  const told = [];
  for (let now = 0; now <= 60_000; now += 250) {
    if (now < 35_000) teller.note(/** @type {any} */ (change(now / 250 + 1)));
    const text = teller.say(now);
    if (text) told.push([now, text]);
  }

  assert.deepEqual(told, [
    [0, '1 changed'],
    [10_000, '40 updates, last 1 changed'],
    [20_000, '40 updates, last 1 changed'],
    [30_000, '40 updates, last 1 changed'],
    [40_000, '19 updates, last 1 changed'],
  ]);
});

test('a change after a quiet while is told at once', () => {
  const teller = new Teller();
  teller.note(/** @type {any} */ (change(1)));
  teller.say(0);
  teller.note(/** @type {any} */ (change(2)));

  assert.equal(teller.say(9_999), '');
  assert.equal(teller.say(10_000), '1 changed');
  assert.equal(teller.say(30_000), '');
});

test('what came, went and changed is said in words, lines alone too', () => {
  const teller = new Teller();
  const nodes = [{ id: 'Pod/a/b' }];
  teller.note(/** @type {any} */ ({ rev: 2, prev: 1, add: { nodes }, remove: { nodes } }));

  assert.equal(teller.say(0), '1 added, 1 removed');

  teller.note(/** @type {any} */ ({ rev: 3, prev: 2, change: { edges: [{}] } }));

  assert.equal(teller.say(10_000), 'lines changed');
});
