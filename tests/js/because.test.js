// @ts-check
/** What a verdict rests on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { because } from '../../static/js/state/because.js';
import { fixture } from './fixture.js';

test('a warning rests on what is in that state, each reason once', () => {
  const graph = fixture('endpoints');
  const verdict = { state: /** @type {const} */ ('warn'), text: 'one is not ready', why: '' };
  const reasons = because({ ...graph, verdict });

  assert.ok(reasons.length > 0);
  assert.equal(new Set(reasons.map((reason) => JSON.stringify(reason))).size, reasons.length);
  assert.ok(reasons.every(({ text }) => text));
});

test('a good verdict rests on the object of the view and on a line that passes', () => {
  const graph = fixture('endpoints');
  const why = [{ text: 'It selects Pods by label.', object: 'Service shop/frontend' }];
  const nodes = graph.nodes.map((node) => (node.kind === 'Service' ? { ...node, why } : node));
  const verdict = { state: /** @type {const} */ ('ok'), text: 'all are ready', why: '' };

  assert.deepEqual(because({ ...graph, nodes, verdict })[0], why[0]);
});
