// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { exportSvg } from '../../static/js/graph/export.js';
import {
  fontFaces,
  parseRules,
  putTokens,
  resolveStyle,
  rootTokens,
  symbolMarkup,
} from '../../static/js/graph/export-style.js';
import {
  exportCsv,
  exportJson,
  exportMarkdown,
  exportMermaid,
} from '../../static/js/graph/export-text.js';
import { layoutGraph } from '../../static/js/graph/layout.js';
import { el, toText } from '../../static/js/graph/svgnode.js';
import { at, fixture } from './fixture.js';

/** @typedef {import('../../static/js/types.js').Graph} Graph */

const read = (/** @type {string} */ path) =>
  readFileSync(new URL(`../../static/${path}`, import.meta.url), 'utf8');
const TOKENS = rootTokens(read('css/tokens.css'));
const SPRITE = read('icons/icons.svg');
const URL_OF_VIEW = 'http://127.0.0.1:8000/c/demo/d/endpoints/shop/frontend?tab=diagram';

const look = {
  style: resolveStyle(parseRules(read('css/diagram.css')), (name) => TOKENS.get(name) ?? ''),
  canvas: '#f6f8fb',
  symbol: (/** @type {string} */ id) =>
    new RegExp(`<symbol id="${id}".*?</symbol>`, 's').exec(SPRITE)?.[0] ?? '',
  url: URL_OF_VIEW,
};

/** @param {Graph} graph */
const svg = (graph) => exportSvg(graph, layoutGraph(graph), look);

test('the same view gives the same bytes, whatever order its elements came in', () => {
  for (const name of ['endpoints', 'map-l1', 'map-l0', 'huge', 'empty']) {
    const graph = fixture(name);
    const turned = {
      ...graph,
      nodes: [...graph.nodes].reverse(),
      edges: [...graph.edges].reverse(),
      groups: [...graph.groups].reverse(),
    };

    assert.equal(svg(fixture(name)), svg(graph), name);
    assert.equal(svg(turned), svg(graph), name);
  }
});

test('the document names the view, its address, its revision and the time of that revision', () => {
  const text = svg(fixture('endpoints'));

  assert.match(text, /<title>shop\/frontend endpoints<\/title>/);
  assert.match(text, /<desc>.*revision 8123.*2026-01-01T12:00:00Z.*<\/desc>/);
  assert.ok(
    text.includes(
      'http://127.0.0.1:8000/c/demo/d/endpoints/shop/frontend?tab=diagram · revision 8123',
    ),
  );
});

test('every card of the view is in it, with its full name', () => {
  const graph = fixture('huge');
  const text = svg(graph);
  for (const node of graph.nodes)
    assert.ok(text.includes(`<title>${node.kind} ${node.name}`), node.name);
});

test('every icon it uses is in it', () => {
  const text = svg(fixture('map-l1'));
  const used = new Set([...text.matchAll(/href="#([\w-]+)"/g)].map(([, id = '']) => id));

  assert.ok(used.size > 4);
  for (const id of used) assert.ok(text.includes(`<symbol id="${id}"`), id);
});

test('no variable and no colour mix is left for other programs to stumble over', () => {
  const text = svg(fixture('map-l1')).replaceAll(/<symbol.*?<\/symbol>/gs, '');

  assert.doesNotMatch(text, /var\(--|color-mix/);
});

test('names are text: markup in them stays text', () => {
  const graph = fixture('endpoints');
  at(graph.nodes, 0).name = '<script>alert(1)</script>';
  graph.title = 'a & b';
  const text = svg(graph);

  assert.doesNotMatch(text, /<script/);
  assert.match(text, /<title>a &amp; b<\/title>/);
});

test('characters XML forbids are left out', () => {
  assert.equal(toText(el('text', {}, 'a\u0000\u0008b')), '<text>ab</text>');
});

test('tokens are put in as deep as they go, with fallbacks', () => {
  const token = (/** @type {string} */ name) =>
    /** @type {Record<string, string>} */ ({ '--a': 'var(--b)', '--b': '#fff' })[name] ?? '';

  assert.equal(putTokens('fill: var(--a)', token), 'fill: #fff');
  assert.equal(putTokens('fill: var(--c, var(--b))', token), 'fill: #fff');
  assert.equal(putTokens('fill: var(--c)', token), 'fill: none');
});

test('two known colours are mixed, an unknown one becomes an opacity', () => {
  const rules = [
    {
      selector: '.nv-a',
      body: 'fill: color-mix(in srgb, #000 50%, #fff); stroke: color-mix(in srgb, currentColor 14%, #fff)',
    },
  ];
  const style = resolveStyle(rules, () => '');

  assert.match(style, /fill: rgb\(128, 128, 128\); stroke: currentColor; stroke-opacity: 0\.14/);
});

test('a plain colour of a part that a mix made see-through is whole', () => {
  const rules = [
    { selector: '.nv-mark circle', body: 'fill: color-mix(in srgb, currentColor 13%, #fff)' },
    { selector: '.nv-mark.v-allow circle', body: 'fill: #0369a1' },
    { selector: '.nv-other circle', body: 'fill: #0369a1' },
  ];

  assert.deepEqual(
    resolveStyle(rules, () => '')
      .split('\n')
      .slice(0, 3),
    [
      '.nv-mark circle { fill: currentColor; fill-opacity: 0.13; }',
      '.nv-mark.v-allow circle { fill: #0369a1; fill-opacity: 1; }',
      '.nv-other circle { fill: #0369a1; }',
    ],
  );
});

test('rules for pointer and focus are not exported', () => {
  const rules = ['.nv-card:hover', '.nv-card__link:focus-visible', '.nv-edge__line'].map(
    (selector) => ({ selector, body: 'fill: red' }),
  );

  assert.equal(resolveStyle(rules, () => '').split('\n').length, 2);
});

test('JSON holds the graph, the query and the revision', () => {
  const out = JSON.parse(exportJson(fixture('endpoints'), URL_OF_VIEW));

  assert.deepEqual(
    [out.rev, out.query, out.graph.nodes.length],
    [8123, '?tab=diagram', fixture('endpoints').nodes.length],
  );
});

test('CSV quotes what must be quoted and marks what a spreadsheet would run', () => {
  const graph = fixture('empty');
  graph.table = {
    columns: [
      { id: 'a', label: 'A, B' },
      { id: 'b', label: 'B' },
    ],
    rows: [
      { id: 'x', cells: [{ text: 'say "hi"' }, { text: '=1+1' }] },
      { id: 'y', cells: [{ text: '-3' }, { text: '' }] },
    ],
  };

  assert.equal(exportCsv(graph), '"A, B",B\r\n"say ""hi""",\'=1+1\r\n-3,\r\n');
});

test('Mermaid draws groups as subgraphs and denied edges with a cross', () => {
  const text = exportMermaid(fixture('map-l1'));

  assert.match(text, /^flowchart LR\n {2}subgraph g0\["monitoring"\]/);
  assert.match(text, /n\d+ -\.-x\|"5432"\| n\d+/);
});

test('Markdown holds verdict, outline and table, with markup escaped', () => {
  const graph = fixture('endpoints');
  graph.title = 'a_b | c';
  const text = exportMarkdown(graph, URL_OF_VIEW);

  assert.match(text, /^# a\\_b \\\| c\n/);
  assert.match(text, /\*\*shop\/frontend sends 80\/TCP to 2 of its 5 pods\*\*/);
  assert.match(text, /\n1\. Service frontend in shop/);
  assert.match(text, /\n\| Pod \| Ready \| Address \| Node \|\n\| --- \|/);
});

test('a theme has its own tokens, the rest are those of the light one', () => {
  const css =
    ':root { --a: 1px; --b: 2px; } @media print { :root { --a: 9px; } } :root[data-theme="dark"] { --b: 3px; }';

  assert.deepEqual(
    [...rootTokens(css)],
    [
      ['--a', '1px'],
      ['--b', '2px'],
    ],
  );
  assert.deepEqual(
    [...rootTokens(css, 'dark')],
    [
      ['--a', '1px'],
      ['--b', '3px'],
    ],
  );
});

test('a symbol keeps what a card may set and falls back on the theme', () => {
  const token = (/** @type {string} */ name) => (name === '--on-fill' ? '#123456' : '');

  assert.equal(
    symbolMarkup('stroke="var(--glyph, var(--on-fill, #fff))"', token),
    'stroke="var(--glyph, #123456)"',
  );
});

test('fonts are declared with their data', () => {
  const text = fontFaces([{ family: 'Inter', weight: '100 900', data: 'd09GMg==' }]);

  assert.match(
    text,
    /font-family: "Inter";.*font-weight: 100 900;.*url\("data:font\/woff2;base64,d09GMg=="\)/,
  );
});
