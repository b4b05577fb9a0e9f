// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilLoaded } from '../../static/js/live/module.js';

test('what cannot be loaded is asked for again until it is there', async () => {
  let asked = 0;
  const load = async () => {
    asked += 1;
    if (asked < 4) throw new TypeError('Failed to fetch dynamically imported module');
    return 'here';
  };

  assert.equal(await untilLoaded(load, 1), 'here');
  assert.equal(asked, 4);
});
