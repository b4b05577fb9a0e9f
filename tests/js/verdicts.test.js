// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardClass, cardDrawing } from '../../static/js/graph/card.js';
import { edgeDrawing, edgeParts } from '../../static/js/graph/edge.js';
import { exportSvg } from '../../static/js/graph/export.js';
import { layoutGraph } from '../../static/js/graph/layout.js';
import { matrixDrawing } from '../../static/js/graph/matrix-drawing.js';
import { cardSize, LISTING } from '../../static/js/graph/measure.js';
import { labelReach, pillWidth, routeEdges, shieldsWidth } from '../../static/js/graph/routes.js';
import { toText } from '../../static/js/graph/svgnode.js';
import { nameOf, objectId } from '../../static/js/state/ids.js';
import { known } from '../../static/js/state/known.js';

/** @typedef {import('../../static/js/types.js').Graph} Graph */
/** @typedef {import('../../static/js/types.js').Node} Node */
/** @typedef {import('../../static/js/types.js').Edge} Edge */

/** @param {string} name @param {string} lane @param {Partial<Node>} [more] @returns {Node} */
const node = (name, lane, more = {}) => ({
  id: `Deployment/shop/${name}`,
  kind: 'Deployment',
  namespace: 'shop',
  name,
  paint: 'workload',
  icon: 'deployment',
  lane,
  label: `Deployment ${name}`,
  ...more,
});

/** @param {string} from @param {'allow'|'deny'} state @param {'from'|'to'} [stop] @returns {Edge} */
const verdict = (from, state, stop = 'to') => ({
  id: `${from}->db`,
  from: `Deployment/shop/${from}`,
  to: 'Deployment/shop/db',
  state,
  label: '5432',
  stop: state === 'deny' ? stop : null,
  shields: [
    { text: 'E', state: 'allow' },
    { text: 'I', state },
  ],
});

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** A policy view of eight sources, every second denied. @returns {Graph} */
function policy() {
  return {
    rev: 7,
    time: '2026-01-01T00:00:00Z',
    cluster: 'demo',
    view: 'policy',
    level: 'L2',
    layout: 'lanes',
    scope: {},
    title: 'shop/allow-db policy',
    label: 'Who may reach db',
    lanes: [
      { id: 'sources', label: 'Sources' },
      { id: 'focus', label: 'Selected' },
    ],
    nodes: [...NAMES.map((name) => node(name, 'sources')), node('db', 'focus')],
    edges: NAMES.map((name, i) => verdict(name, i % 2 ? 'deny' : 'allow')),
    groups: [],
    detail: { notes: [{ text: 'Assumed: enforcement depends on the CNI.', state: 'unknown' }] },
  };
}

const look = { style: '', canvas: '#fff', symbol: () => '', url: 'http://x/' };
const text = (/** @type {import('../../static/js/graph/svgnode.js').SvgNode[]} */ parts) =>
  parts.map(toText).join('');

test('stops of a crowd do not cover one another', () => {
  const graph = policy();
  const routes = routeEdges(graph.edges, layoutGraph(graph), graph.groups);
  const discs = graph.edges
    .filter((edge) => edge.state === 'deny')
    .map((edge) => edgeParts(edge, known(routes.get(edge.id))).over[0])
    .map((disc) => /translate\((\S+) (\S+)\)/.exec(known(disc).attrs.transform ?? ''))
    .map((found) => [Number(found?.[1]), Number(found?.[2])]);

  assert.equal(discs.length, 4);
  for (const [i, a] of discs.entries())
    for (const b of discs.slice(i + 1))
      assert.ok(
        Math.hypot(known(a[0]) - known(b[0]), known(a[1]) - known(b[1])) > 19,
        `${a} and ${b}`,
      );
});

test('labels of a crowd and their shields do not cover one another', () => {
  const graph = policy();
  const routes = routeEdges(graph.edges, layoutGraph(graph), graph.groups);
  const spans = graph.edges.map((edge) => {
    const { at } = known(routes.get(edge.id));
    const half = pillWidth('5432') / 2;
    return { from: at[0] - half, to: at[0] + half + shieldsWidth(edge), y: at[1] };
  });

  for (const [i, a] of spans.entries())
    for (const b of spans.slice(i + 1))
      assert.ok(Math.abs(a.y - b.y) >= 18 || a.to < b.from || b.to < a.from);
});

test('a label keeps clear of the cards on its way', () => {
  const graph = policy();
  const across = node('across', 'middle');
  graph.lanes.splice(1, 0, { id: 'middle', label: 'Between' });
  graph.nodes.push(across);
  const layout = layoutGraph(graph);
  const way = known(routeEdges(graph.edges, layout, graph.groups).get('a->db')).at;
  const { w, h } = known(layout.cards.get(across.id));
  layout.cards.set(across.id, { x: way[0] - w / 2, y: way[1] - h / 2, w, h });
  const [x, y] = known(routeEdges(graph.edges, layout, graph.groups).get('a->db')).at;

  assert.notDeepEqual([x, y], way);
  const { left, right } = known(labelReach(known(graph.edges[0])));
  for (const card of layout.cards.values())
    assert.ok(
      x + right <= card.x ||
        x - left >= card.x + card.w ||
        y + 9 <= card.y ||
        y - 9 >= card.y + card.h,
    );
});

test('an edge is its two parts, in order', () => {
  const graph = policy();
  const routes = routeEdges(graph.edges, layoutGraph(graph), graph.groups);
  const edge = known(graph.edges[1]);
  const route = known(routes.get(edge.id));
  const { under, over } = edgeParts(edge, route);

  assert.equal(text(edgeDrawing(edge, route)), text(under) + text(over));
  assert.match(text(over), /nv-stop.*nv-pill.*nv-shield v-allow.*nv-shield v-deny/s);
  assert.doesNotMatch(text(under), /nv-pill|nv-shield/);
});

test('an export draws every label above every line, and says what is assumed', () => {
  const graph = policy();
  const svg = exportSvg(graph, layoutGraph(graph), look);

  assert.ok(svg.lastIndexOf('nv-edge__line') < svg.indexOf('nv-shield'));
  assert.match(svg, /enforcement depends on the CNI/);
});

test('a card that is a text grows with its lines, up to a measure', () => {
  const listing = (/** @type {number} */ count) =>
    Array.from({ length: count }, (_, i) => ({ mark: String(i + 1), text: `name-${i}` }));
  const few = node('q', 'pod', { listing: listing(3) });
  const many = node('q', 'pod', { listing: listing(40) });

  assert.deepEqual(cardSize(few), {
    w: LISTING.w,
    h: LISTING.head + 3 * LISTING.line + LISTING.foot,
  });
  assert.equal(cardSize(many).h, LISTING.head + (LISTING.most + 1) * LISTING.line + LISTING.foot);
  assert.match(text(cardDrawing(many)), /and 26 more/);
  assert.doesNotMatch(text(cardDrawing(few)), /more/);
});

test('a long name of a list keeps both ends and clear of what came of it', () => {
  const name = 'a-rather-long-service-name.another-namespace.svc.cluster.local.';
  const line = { mark: '1', text: name, end: 'NXDOMAIN', state: /** @type {const} */ ('deny') };
  const drawn = text(cardDrawing(node('q', 'pod', { listing: [line] })));
  const shown = /class="nv-mono" x="42"[^>]*>([^<]*)</.exec(drawn)?.[1] ?? '';

  assert.ok(shown.startsWith('a-rather') && shown.endsWith('local.'));
  assert.ok(42 + shown.length * 6.3 < LISTING.w - 34 - 8 * 6.3);
  assert.match(drawn, /NXDOMAIN/);
  assert.match(drawn, /#st-deny/);
});

test('a card that stands out says so by its class', () => {
  assert.match(cardClass(node('a', 'x', { mark: 'lit' })), / nv-card--lit$/);
  assert.match(cardClass(node('a', 'x', { mark: 'dim' })), / nv-card--dim$/);
  assert.doesNotMatch(cardClass(node('a', 'x')), /lit|dim/);
});

test('the export of a matrix is the matrix, with a mark for every state', () => {
  const head = (/** @type {string} */ name) => ({ id: name, name, namespace: 'shop', sub: '' });
  const cell = (/** @type {'allow'|'partial'|'deny'|'self'} */ state, count = '') => ({
    state,
    text: count,
    label: `${state} cell`,
    edge: null,
  });
  /** @type {import('../../static/js/types.js').Matrix} */
  const matrix = {
    columns: [head('db'), head('web')],
    rows: [
      { ...head('db'), cells: [cell('self'), cell('deny')] },
      { ...head('web'), cells: [cell('allow', '1'), cell('partial', '2')] },
    ],
  };
  const drawn = matrixDrawing(matrix);
  const graph = { ...policy(), detail: { form: /** @type {const} */ ('matrix'), matrix } };
  const svg = exportSvg(graph, layoutGraph(graph), look);

  for (const state of ['self', 'deny', 'allow', 'partial'])
    assert.match(text(drawn.parts), new RegExp(`mx-cell--${state}`));
  assert.match(svg, /<title>partial cell<\/title>/);
  assert.doesNotMatch(svg, /nv-card/);
  const width = Number(/<svg[^>]* width="(\d+)"/.exec(svg)?.[1]);
  assert.ok(width >= drawn.width);
});

test('an id leads to its object wherever the card stands', () => {
  assert.equal(objectId('Pod/shop/web-0#source'), 'Pod/shop/web-0');
  assert.equal(objectId('Deployment/shop/web~1#from'), 'Deployment/shop/web');
  assert.equal(nameOf('External//10.0.0.0/8#to'), '10.0.0.0/8');
  assert.equal(nameOf('Node//node-1'), 'node-1');
});
