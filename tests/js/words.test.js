// @ts-check
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { gettext, ngettext } from '../../static/js/state/words.js';

/** @type {import('../../static/js/state/words.js').Catalogue} */
const page = /** @type {any} */ (globalThis);

afterEach(() => {
  delete page.gettext;
  delete page.ngettext;
});

test('without a catalogue sentences are English', () => {
  assert.equal(gettext('%(found)s of %(all)s match', { found: 3, all: 7 }), '3 of 7 match');
  assert.equal(ngettext('%(count)s card', '%(count)s cards', 1), '1 card');
  assert.equal(ngettext('%(count)s card', '%(count)s cards', 2), '2 cards');
});

test('a catalogue says them in its own order', () => {
  page.gettext = (text) => (text === '%(a)s of %(b)s' ? '%(b)s中的%(a)s' : text);
  page.ngettext = (one) => `第${one}`;
  assert.equal(gettext('%(a)s of %(b)s', { a: 1, b: 2 }), '2中的1');
  assert.equal(ngettext('%(count)s card', '%(count)s cards', 5), '第5 card');
});

test('a gap that is not given stays to be seen', () => {
  assert.equal(gettext('%(a)s and %(b)s', { a: 1 }), '1 and %(b)s');
});
