// @ts-check
/**
 * A view as an SVG document: every card of the view, not just those on screen, with title,
 * description, legend, address, revision and its time. Pure: the same graph, layout and look give
 * the same bytes.
 *
 * @typedef {import('../types.js').Graph} Graph
 * @typedef {import('../types.js').Layout} Layout
 * @typedef {import('./svgnode.js').SvgNode} SvgNode
 *
 * @typedef {object} Look
 * @property {string} style the style sheet, resolved (`resolveStyle`)
 * @property {string} canvas colour of the background
 * @property {(id: string) => string} symbol markup of a symbol of the sprite
 * @property {string} url address of the view
 */
import { gettext } from '../state/words.js';
import { boxDrawing, laneHeader } from './box.js';
import { cardClass, cardDrawing } from './card.js';
import { edgeClass, edgeParts } from './edge.js';
import { compareText } from './layout-lanes.js';
import { legendMarks, legendRows, legendSample } from './legend-rows.js';
import { matrixDrawing } from './matrix-drawing.js';
import { readingOrder } from './reading.js';
import { routeEdges } from './routes.js';
import { el, escapeXml, toText } from './svgnode.js';
import { tileDrawing } from './tile.js';

const HEAD = 56;
const FOOT = 84;
const LEGEND_STEP = 230;
const NOTE_STEP = 18;

/** @param {{id: string}} a @param {{id: string}} b */
const byId = (a, b) => compareText(a.id, b.id);

/** The ids of the symbols a drawing uses, sorted.
 * @param {SvgNode} node @param {Set<string>} [into] @returns {Set<string>} */
function symbolsOf(node, into = new Set()) {
  if (node.tag === 'use') into.add((node.attrs.href ?? '').slice(1));
  for (const kid of node.kids) if (typeof kid !== 'string') symbolsOf(kid, into);
  return into;
}

/** @param {Graph} graph @param {Layout} layout @returns {SvgNode} */
function drawing(graph, layout) {
  const groups = new Map(graph.groups.map((g) => [g.id, g]));
  const nodes = new Map(graph.nodes.map((n) => [n.id, n]));
  const edges = [...graph.edges].sort(byId);
  const routes = routeEdges(edges, layout, [...graph.groups].sort(byId));
  const boxes = layout.boxes.flatMap((box) => {
    const group = groups.get(box.id);
    return group ? [boxDrawing(group, box)] : [];
  });
  const drawn = edges.flatMap((edge) => {
    const route = routes.get(edge.id);
    return route ? [{ look: edgeClass(edge, route), ...edgeParts(edge, route) }] : [];
  });
  const lines = drawn.map(({ look, under }) => el('g', { class: look }, ...under));
  const labels = drawn
    .filter(({ over }) => over.length > 0)
    .map(({ look, over }) => el('g', { class: look }, ...over));
  const cards = readingOrder(layout).flatMap((id) => {
    const [node, rect] = [nodes.get(id), layout.cards.get(id)];
    if (!node || !rect) return [];
    const tile = node.size !== undefined && node.size !== null;
    const parts = tile ? tileDrawing(node, rect) : cardDrawing(node);
    const title = el(
      'title',
      {},
      [node.overline || node.kind, node.name, node.word].filter(Boolean).join(' '),
    );
    return [
      el(
        'g',
        { class: cardClass(node), transform: `translate(${rect.x} ${rect.y})` },
        title,
        ...parts,
      ),
    ];
  });
  const heads = layout.lanes.map((lane) => laneHeader(lane, lane.x, 30));
  return el(
    'g',
    { transform: `translate(0 ${HEAD})` },
    ...heads,
    ...boxes,
    ...lines,
    ...labels,
    ...cards,
  );
}

/** @param {Graph} graph */
const legendOf = (graph) => [...legendRows(graph.edges, graph.view), ...legendMarks(graph.nodes)];

/** @param {Graph} graph @param {number} width @param {number} y @returns {SvgNode[]} */
function legend(graph, width, y) {
  const perRow = Math.max(1, Math.floor((width - 48) / LEGEND_STEP));
  return legendOf(graph).map(({ key, colour, text, count }, i) => {
    const [x, top] = [24 + (i % perRow) * LEGEND_STEP, y + Math.floor(i / perRow) * 22];
    return el(
      'g',
      { transform: `translate(${x} ${top})` },
      el('g', { class: `key c-${colour}` }, ...legendSample(key)),
      el('text', { class: 'nv-note', x: 40, y: 11 }, `${text} (${count})`),
    );
  });
}

/**
 * The SVG document of a view.
 * @param {Graph} graph
 * @param {Layout} layout
 * @param {Look} look
 * @returns {string}
 */
export function exportSvg(graph, layout, { style, canvas, symbol, url }) {
  const matrix = graph.detail?.form === 'matrix' ? graph.detail.matrix : null;
  const picture = matrix ? matrixDrawing(matrix) : layout;
  const width = Math.max(480, Math.ceil(picture.width));
  const rows = Math.ceil(
    legendOf(graph).length / Math.max(1, Math.floor((width - 48) / LEGEND_STEP)),
  );
  const notes = (graph.detail?.notes ?? []).map(({ text }) => text);
  const foot = HEAD + picture.height + 8 + Math.max(1, rows) * 22;
  const height = Math.ceil(
    HEAD + picture.height + FOOT + Math.max(0, rows - 1) * 22 + notes.length * NOTE_STEP,
  );
  const body = matrix
    ? el('g', { transform: `translate(0 ${HEAD})` }, ...matrixDrawing(matrix).parts)
    : drawing(graph, layout);
  const source = [url, gettext('revision %(rev)s', { rev: graph.rev }), graph.time].join(' · ');
  const verdict = graph.verdict?.text ?? '';
  const parts = [
    el('rect', { width, height, fill: canvas }),
    el('text', { class: 'nv-export__title', x: 24, y: 34 }, verdict || graph.title),
    body,
    ...legend(graph, width, HEAD + picture.height + 8),
    ...notes.map((text, i) =>
      el('text', { class: 'nv-note', x: 24, y: foot + 14 + i * NOTE_STEP }, text),
    ),
    el('text', { class: 'nv-note', x: 24, y: height - 20 }, source),
  ];
  const symbols = [...symbolsOf(el('g', {}, ...parts))].sort(compareText).map(symbol);
  const desc = [graph.label, verdict, graph.verdict?.why, source]
    .filter(Boolean)
    .map((part) => String(part).replace(/[.\u3002]$/, ''))
    .join(gettext('. '));
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="nv" ${size} role="img">`,
    `<title>${escapeXml(graph.title)}</title>`,
    `<desc>${escapeXml(desc)}</desc>`,
    `<style>${style.replace(/[<&]/g, '')}</style>`,
    `<defs>${symbols.join('')}</defs>`,
    ...parts.map(toText),
    '</svg>',
    '',
  ].join('\n');
}
