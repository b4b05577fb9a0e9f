// @ts-check
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { say, sayN } from '../../static/js/state/words.js';

/** @type {import('../../static/js/state/words.js').Catalogue} */
const page = /** @type {any} */ (globalThis);

afterEach(() => {
  delete page.gettext;
  delete page.ngettext;
});

test('without a catalogue sentences are English', () => {
  assert.equal(say('{found} of {all} match', { found: 3, all: 7 }), '3 of 7 match');
  assert.equal(sayN('{n} card', '{n} cards', 1), '1 card');
  assert.equal(sayN('{n} card', '{n} cards', 2), '2 cards');
});

test('a catalogue says them in its own order', () => {
  page.gettext = (text) => (text === '{a} of {b}' ? '{b}中的{a}' : text);
  page.ngettext = (one) => `第${one}`;
  assert.equal(say('{a} of {b}', { a: 1, b: 2 }), '2中的1');
  assert.equal(sayN('{n} card', '{n} cards', 5), '第5 card');
});

test('a gap that is not given stays to be seen', () => {
  assert.equal(say('{a} and {b}', { a: 1 }), '1 and {b}');
});
