// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { boxDrawing } from '../../static/js/graph/box.js';
import { cardDrawing } from '../../static/js/graph/card.js';
import { layoutGraph } from '../../static/js/graph/layout.js';
import { legendRows } from '../../static/js/graph/legend-rows.js';
import { Pins } from '../../static/js/graph/pins.js';
import { filtered, noFilter } from '../../static/js/graph/scene.js';
import { toText } from '../../static/js/graph/svgnode.js';
import { tileDrawing } from '../../static/js/graph/tile.js';
import { between } from '../../static/js/graph/tween.js';
import { at, fixture } from './fixture.js';

/** @param {string} name */
const maps = (name) => {
  const graph = fixture(name);
  return {
    nodes: new Map(graph.nodes.map((n) => [n.id, n])),
    edges: new Map(graph.edges.map((e) => [e.id, e])),
  };
};
const text = (/** @type {import('../../static/js/graph/svgnode.js').SvgNode[]} */ parts) =>
  parts.map(toText).join('');
const NODES = fixture('endpoints').nodes;
const [service, slice, pod] = [at(NODES, 0), at(NODES, 1), at(NODES, 3)];

test('each state has a glyph of its own, besides its colour', () => {
  for (const state of /** @type {const} */ (['ok', 'warn', 'deny', 'unknown', 'term', 'skip']))
    assert.match(text(cardDrawing({ ...pod, state })), new RegExp(`href="#st-${state}"`));
});

test('the three conditions of an endpoint are told by letter and by look', () => {
  const drawn = text(
    cardDrawing({ ...pod, conditions: { ready: false, serving: true, terminating: true } }),
  );

  assert.match(drawn, /is-on"[^>]*><tspan[^>]*>S</);
  assert.match(drawn, /is-off"[^>]*><tspan[^>]*>R</);
  assert.match(drawn, /is-warn"[^>]*><tspan[^>]*>T</);
});

test('kinds differ in their outline, not only in colour', () => {
  const outline = (/** @type {object} */ change) =>
    /class="nv-card__body"[^>]*>/.exec(text(cardDrawing({ ...pod, ...change })))?.[0];
  const outlines = [
    {},
    { paint: 'service' },
    { paint: 'ingress' },
    { paint: 'dns', kind: 'Service' },
    { paint: 'node', icon: 'proxy' },
  ].map(outline);

  assert.equal(new Set(outlines).size, outlines.length);
});

test('a card that stands for several objects has sheets behind it', () => {
  assert.match(text(cardDrawing(slice)), /nv-card__sheet/);
  assert.match(text(cardDrawing({ ...pod, count: 12 })), /nv-card__sheet/);
  assert.doesNotMatch(text(cardDrawing(pod)), /nv-card__sheet/);
});

test('far out a card keeps icon, name and state alone', () => {
  const drawn = text(cardDrawing(service, { detail: 'name' }));

  assert.match(drawn, />frontend</);
  assert.doesNotMatch(drawn, /10\.96/);
});

test('icons come from the sprite the page names', () => {
  assert.match(
    text(cardDrawing(pod, { icons: '/static/icons.abc.svg' })),
    /href="\/static\/icons\.abc\.svg#k-pod"/,
  );
});

test('every icon a fixture asks for is in the sprite', () => {
  const sprite = readFileSync(new URL('../../static/icons/icons.svg', import.meta.url), 'utf8');
  for (const name of ['endpoints', 'map-l0', 'map-l1'])
    for (const { icon } of fixture(name).nodes) assert.ok(sprite.includes(`id="k-${icon}"`), icon);
});

test('a bar of readiness never exceeds its card, even when more are ready than wanted', () => {
  assert.doesNotMatch(
    text(cardDrawing({ ...pod, conditions: null, ready: [5, 3] })),
    /width="-|NaN/,
  );
  assert.doesNotMatch(
    text(cardDrawing({ ...pod, conditions: null, ready: [0, 0] })),
    /width="-|NaN/,
  );
  const tile = at(fixture('map-l0').nodes, 0);
  assert.doesNotMatch(
    text(tileDrawing({ ...tile, ready: [0, 0], size: 0 }, { x: 0, y: 0, w: 316, h: 76 })),
    /NaN/,
  );
});

test('a continued box says so', () => {
  const group = at(fixture('endpoints').groups, 0);

  assert.match(
    toText(boxDrawing(group, { id: group.id, x: 0, y: 0, w: 240, h: 120, continued: true })),
    /continued/,
  );
});

test('the legend lists only what is there, with counts', () => {
  const rows = legendRows(fixture('map-l1').edges, 'map').map(({ key, count }) => [key, count]);

  assert.deepEqual(rows, [
    ['allow', 10],
    ['deny', 2],
    ['notready', 1],
  ]);
  assert.deepEqual(legendRows([], 'map'), []);
});

test('what is hidden takes its edges along', () => {
  const { nodes, edges } = filtered(maps('endpoints'), { ...noFilter(), hide: 'kind:slice' });

  assert.ok(![...nodes.keys()].some((id) => id.startsWith('EndpointSlice/')));
  assert.ok([...edges.values()].every((e) => nodes.has(e.from) && nodes.has(e.to)));
});

test('a legend row that is off takes its edges and no card', () => {
  const { nodes, edges } = filtered(maps('endpoints'), { ...noFilter(), off: new Set(['own']) });

  assert.equal(nodes.size, fixture('endpoints').nodes.length);
  assert.ok([...edges.values()].every((e) => e.state !== 'own'));
});

test('only the neighbours of a card are left when asked', () => {
  const { nodes } = filtered(maps('endpoints'), { ...noFilter(), around: 'Node//node-1' });

  assert.deepEqual([...nodes.keys()].sort(), [
    'Node//node-1',
    'Pod/shop/frontend-6d5f9c7b84-2xkqp',
  ]);
});

test('a search finds without hiding', () => {
  const { nodes, found } = filtered(maps('endpoints'), { ...noFilter(), q: 'status:pending' });

  assert.equal(nodes.size, fixture('endpoints').nodes.length);
  assert.deepEqual([...(found ?? [])], ['Pod/shop/frontend-6d5f9c7b84-tn5rc']);
});

test('a dragged card stays where it was put, for its view alone', () => {
  /** @type {Map<string, string>} */
  const kept = new Map();
  const storage = /** @type {any} */ ({
    getItem: (/** @type {string} */ k) => kept.get(k) ?? null,
    setItem: (/** @type {string} */ k, /** @type {string} */ v) => kept.set(k, v),
  });
  const layout = layoutGraph(fixture('endpoints'));
  new Pins('one', storage).put(service.id, [7, 9]);

  assert.deepEqual(new Pins('one', storage).on(layout).cards.get(service.id)?.x, 7);
  assert.equal(new Pins('two', storage).on(layout), layout);
});

test('broken storage is no reason to fail', () => {
  const storage = /** @type {any} */ ({
    getItem: () => '{',
    setItem: () => {
      throw new Error('full');
    },
  });
  const pins = new Pins('one', storage);
  pins.put('a', [1, 2]);

  assert.equal(pins.places.size, 1);
});

test('the way from one layout to another begins and ends at them', () => {
  const to = layoutGraph(fixture('endpoints'));
  const from = {
    ...to,
    cards: new Map([...to.cards].map(([id, r]) => [id, { ...r, x: r.x + 100 }])),
  };

  assert.deepEqual(between(from, to, 1).cards, to.cards);
  assert.deepEqual(between(from, to, 0).cards, from.cards);
});

test('badges that do not fit are counted, and the card that has them is left as it is', () => {
  const badges = ['NV101', 'dual', 'affinity', 'eTP Local', 'close'].map((text) => ({ text }));

  const drawn = text(cardDrawing({ ...service, meta: '10.96.0.10 · 80/TCP', badges }));

  assert.match(drawn, />NV101</);
  assert.match(drawn, />\+4</);
  assert.doesNotMatch(drawn, />close</);
  assert.match(drawn, />10\.96\.0\.10/);
  assert.deepEqual(
    badges.map(({ text }) => text),
    ['NV101', 'dual', 'affinity', 'eTP Local', 'close'],
  );
});
