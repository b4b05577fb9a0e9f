// @ts-check
/** The rows that find and hide leave. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownTable } from '../../static/js/graph/scene.js';
import { known } from '../../static/js/state/known.js';
import { fixture } from './fixture.js';

const graph = fixture('endpoints');
const rows = known(graph.table).rows.length;
const pod = known(graph.nodes.find(({ kind }) => kind === 'Pod'));

test('without a query the table is whole', () => {
  assert.equal(shownTable(graph, { q: ' ', hide: '' })?.rows.length, rows);
});

test('a query leaves the rows of what it finds', () => {
  const found = shownTable(graph, { q: `name:${pod.name}`, hide: '' });

  assert.deepEqual([...new Set(found?.rows.map(({ id }) => id))], [pod.id]);
});

test('rows that the server has sifted by the same queries are shown as they are', () => {
  const folded = { id: 'Pod/shop/folded-away', cells: [{ text: 'folded-away' }] };
  const table = { columns: known(graph.table).columns, rows: [folded] };
  const sifted = { ...graph, table, sifted: { find: 'folded', omit: 'kind:svc' } };

  assert.deepEqual(shownTable(sifted, { q: 'folded ', hide: ' kind:svc' })?.rows, [folded]);
  assert.deepEqual(shownTable(sifted, { q: 'other', hide: '' })?.rows, []);
});
