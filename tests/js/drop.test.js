import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sizeOf } from '../../static/js/view/drop.js';

test('sizes are told in the unit that a reader expects', () => {
  assert.equal(sizeOf(0), '0 B');
  assert.equal(sizeOf(1023), '1023 B');
  assert.equal(sizeOf(1024), '1.0 KB');
  assert.equal(sizeOf(5.5 * 1024 * 1024), '5.5 MB');
  assert.equal(sizeOf(3 * 1024 ** 4), '3072.0 GB');
});
