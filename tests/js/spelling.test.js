import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from '../../static/js/state/query.js';
import { meant, mended } from '../../static/js/state/spelling.js';

/** @param {string} text */
const mend = (text) => {
  const [error] = parseQuery(text).errors;
  assert.ok(error, text);
  return mended(text, error);
};

test('a mistake with a suggestion is mended where it stands, an end that is missing comes last', () => {
  assert.equal(mend('ns:shop knd:svc'), 'ns:shop kind:svc');
  assert.equal(mend('near:web~99 kind:pod'), 'near:web~9 kind:pod');
  assert.equal(mend('(kind:svc OR kind:ing '), '(kind:svc OR kind:ing)');
  assert.equal(mend('name:"web'), 'name:"web"');
  assert.equal(mend('kind:'), null);
});

test('a value that nobody has leads to the nearest that somebody has', () => {
  /** @type {Record<string, string[]>} */
  const known = { ns: ['shop', 'payments'], kind: ['Service', 'Pod'], status: ['not ready'] };
  const values = (/** @type {string} */ field) => known[field] ?? [];

  assert.equal(meant('kind:sevice', values), 'kind:Service');
  assert.equal(meant('-ns=shopp kind:svc', values), '-ns=shop kind:svc');
  assert.equal(meant('from:ns:paymnts', values), 'from:ns:payments');
  assert.equal(meant('status:"not raedy" ns:shopp', values), 'status:"not raedy" ns:shop');
  assert.equal(meant('status:notready', values), 'status:"not ready"');
  for (const right of [
    'kind:svc',
    'kind:services',
    'ns:shop',
    'ns:sh*',
    'ns:shop,foo',
    'ns:entirely-else',
    'web',
  ])
    assert.equal(meant(right, values), null, right);
});
