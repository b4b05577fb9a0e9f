// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatState, parseState, unfolded } from '../../static/js/state/urlstate.js';

test('an empty address is the default state', () => {
  assert.deepEqual(parseState(''), {
    q: '',
    hide: '',
    lvl: '',
    grp: '',
    open: [],
    sel: '',
    tab: '',
    at: null,
    vp: null,
    theme: '',
  });
});

test('malformed members count as absent', () => {
  const state = parseState('?lvl=L9&tab=chart&at=-3&vp=1,2');

  assert.deepEqual([state.lvl, state.tab, state.at, state.vp], ['', '', null, null]);
});

test('what is written is read back', () => {
  const state = {
    q: 'kind:pod "a b"',
    hide: 'ns:monitoring',
    lvl: 'L2',
    grp: 'workload',
    open: ['Deployment/shop/web', 'Pod/shop/web-0'],
    sel: 'Service/shop/web',
    tab: /** @type {const} */ ('table'),
    at: 8123,
    vp: { x: -12, y: 40, k: 0.625 },
    theme: 'dark',
  };

  assert.deepEqual(parseState(formatState('', state)), state);
});

test('equal states give equal addresses, whatever the order before', () => {
  assert.equal(formatState('?sel=a&q=b', {}), formatState('?q=b&sel=a', {}));
});

test('members at their default are left out', () => {
  assert.equal(formatState('?sel=Pod/shop/web-0&q=x', { sel: '', q: '' }), '');
});

test("other pages' parameters are kept", () => {
  assert.equal(
    formatState('?from=Pod/shop/a&q=x&port=80', { q: 'y' }),
    '?q=y&from=Pod/shop/a&port=80',
  );
});

test('ids stay legible in the address', () => {
  assert.equal(formatState('', { sel: 'Pod/shop/web-0' }), '?sel=Pod/shop/web-0');
});

test('a fold is opened in the view as it is, another view is gone to', () => {
  const first = unfolded('?open=Fold/Pod/1', '');
  assert.deepEqual(first, ['Fold/Pod/1']);
  const second = unfolded('?open=Fold/Pod/2', '?lvl=L1&open=Fold/Pod/1&tab=table');
  assert.deepEqual(second, ['Fold/Pod/1', 'Fold/Pod/2']);

  assert.equal(unfolded('?lvl=L1&ns=shop', '?q=web'), null);
  assert.equal(unfolded('/c/demo/map?lvl=L3', '?q=web'), null);
});
