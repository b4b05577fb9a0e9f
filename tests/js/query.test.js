// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { containsAddress, isAddressBlock } from '../../static/js/state/cidr.js';
import { fits, matching } from '../../static/js/state/match.js';
import { complete, parseQuery, suggest } from '../../static/js/state/query.js';
import { either, queryFor } from '../../static/js/view/hiding.js';
import { fixture } from './fixture.js';

/** Cases any parser of this language must agree on. */
const CASES = JSON.parse(readFileSync(new URL('fixtures/queries.json', import.meta.url), 'utf8'));

for (const { name, query, parsed } of CASES.valid)
  test(`parses ${name}: ${query}`, () => {
    assert.deepEqual(parseQuery(query), { query: parsed, errors: [] });
  });

for (const { name, query, errors } of CASES.invalid)
  test(`refuses ${name}: ${query}`, () => {
    assert.deepEqual(parseQuery(query).errors, errors);
  });

for (const { name, query, graph, ids } of CASES.matches)
  test(`means these cards, ${name}: ${query}`, () => {
    assert.deepEqual([...matching(parseQuery(query).query, fixture(graph))].sort(), ids);
  });

/** @param {string} query @param {string} [name] */
const found = (query, name = 'endpoints') => {
  const { query: parsed, errors } = parseQuery(query);
  assert.deepEqual(errors, []);
  return [...matching(parsed, fixture(name))].map((id) => id.split('/').pop()).sort();
};

test('a blank query matches everything', () => {
  assert.equal(found('').length, fixture('endpoints').nodes.length);
});

test('a word is looked for in names, kinds, meta lines and values', () => {
  assert.deepEqual(found('hk4vd'), ['frontend-6d5f9c7b84-hk4vd']);
  assert.deepEqual(found('10.244.3.8'), ['frontend-canary-57c9d6b4f-q8mzn']);
});

test("kubectl's short names stand for kinds", () => {
  assert.deepEqual(found('kind:svc'), ['frontend']);
  assert.deepEqual(found('kind:no'), ['node-1', 'node-2', 'node-3']);
});

test('terms side by side must all hold, OR binds less than AND', () => {
  assert.deepEqual(found('kind:pod status:ready'), [
    'frontend-6d5f9c7b84-2xkqp',
    'frontend-6d5f9c7b84-9wzlt',
  ]);
  assert.deepEqual(found('kind:svc OR kind:pod status:pending'), [
    'frontend',
    'frontend-6d5f9c7b84-tn5rc',
  ]);
  assert.deepEqual(found('(kind:svc OR kind:pod) status:pending'), ['frontend-6d5f9c7b84-tn5rc']);
});

test('a minus takes away', () => {
  assert.deepEqual(found('kind:pod -node:node-2 -status:pending'), [
    'frontend-6d5f9c7b84-2xkqp',
    'frontend-canary-57c9d6b4f-q8mzn',
  ]);
});

test('an address block matches the addresses in it', () => {
  assert.deepEqual(found('ip:10.244.2.0/24'), [
    'frontend-6d5f9c7b84-9wzlt',
    'frontend-6d5f9c7b84-hk4vd',
  ]);
});

test('a label is matched by key, by value, and by its absence', () => {
  assert.equal(found('kind:pod label:app').length, 5);
  assert.equal(found('kind:pod label:app=frontend').length, 5);
  assert.equal(found('kind:pod label:app!=frontend').length, 0);
});

test('numbers are compared as numbers', () => {
  assert.deepEqual(found('port:>79'), ['frontend']);
  assert.deepEqual(found('port:>80'), []);
});

test('from: and to: follow edges one step and keep where they start', () => {
  assert.deepEqual(found('from:name:frontend-m4hjd'), [
    'frontend-canary-57c9d6b4f-q8mzn',
    'frontend-m4hjd',
  ]);
  assert.ok(found('to:kind:no -kind:no').every((n) => n?.startsWith('frontend-')));
});

test('near: takes in cards as many edges away as asked', () => {
  assert.deepEqual(found('near:node-1'), ['frontend-6d5f9c7b84-2xkqp', 'node-1']);
  assert.deepEqual(found('near:node-1~2'), [
    'frontend-6d5f9c7b84-2xkqp',
    'frontend-x7k2p',
    'node-1',
  ]);
});

test('denied-by: gives both ends of the edges a policy stops', () => {
  assert.deepEqual(found('denied-by:deny-all', 'map-l1'), ['cart', 'ledger']);
  assert.deepEqual(found('denied-by:payments/deny-all', 'map-l1'), ['cart', 'ledger']);
});

test('a star stands for anything, also for nothing', () => {
  assert.ok(
    fits('front*', 'frontend') &&
      fits('*end', 'FRONTEND') &&
      fits('f*t*d', 'frontend') &&
      fits('frontend*', 'frontend'),
  );
  assert.ok(!fits('aba*ba', 'aba') && !fits('front', 'frontend'));
});

test('address blocks of both families are understood, anything else is none', () => {
  assert.ok(
    containsAddress('10.0.0.0/8', '10.255.0.1') && !containsAddress('10.0.0.0/8', '11.0.0.1'),
  );
  assert.ok(containsAddress('fd00::/8', 'fd12::1') && !containsAddress('fd00::/8', 'fe80::1'));
  assert.ok(containsAddress('0.0.0.0/0', '1.2.3.4') && !containsAddress('0.0.0.0/0', '::1'));
  for (const bad of ['10.0.0.0/33', '10.0.0/8', '1.2.3.256/8', 'fd00:::/8', '::1::/8', 'shop/web'])
    assert.ok(!isAddressBlock(bad), bad);
});

test('a mistyped term is answered with the nearest', () => {
  assert.equal(suggest('knd', ['kind', 'ns']), 'kind');
  assert.equal(suggest('stat', ['status', 'zone']), 'status');
  assert.equal(suggest('quux', ['kind', 'ns']), null);
});

test('completion offers terms, then their known values', () => {
  const values = (/** @type {string} */ field) =>
    field === 'ns' ? ['shop', 'payments', 'shop'] : [];

  assert.deepEqual(complete('st', 2, values), { start: 0, end: 2, options: ['status:'] });
  assert.deepEqual(complete('kind:pod ns:s', 13, values), {
    start: 12,
    end: 13,
    options: ['shop', 'payments'],
  });
  assert.deepEqual(complete('from:ns:pa', 10, values).options, ['payments']);
  assert.deepEqual(complete('-ns:', 4, values).options, ['payments', 'shop']);
});

test('no text makes the parser throw or loop', () => {
  for (const text of [
    '(',
    ')',
    '((',
    '-',
    '- ',
    '"',
    'a"b',
    'kind:',
    'kind:=',
    'OR',
    'AND AND',
    'OR OR',
    '-(-a OR)',
    'near:~',
    'from:',
    'to:to:to:',
    ':::',
    '\t\n',
    'ns:"a b',
    '()',
    'a OR',
    ') a (',
  ])
    assert.ok(parseQuery(text).query, text);
});

test('every card of a view has words that mean it alone, in a query beside others too', () => {
  const graph = fixture('endpoints');
  const twins = graph.nodes.map((node) => ({ ...node, id: `${node.id}#from` }));
  for (const nodes of [graph.nodes, [...graph.nodes, ...twins]]) {
    const means = (/** @type {string} */ query) => {
      const { query: parsed, errors } = parseQuery(query);
      assert.deepEqual(errors, []);
      return matching(parsed, { nodes, edges: graph.edges });
    };
    for (const node of nodes)
      assert.deepEqual([...means(either('name:nothing', queryFor(node, means)))], [node.id]);
  }
});
