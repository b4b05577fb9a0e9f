// @ts-check
/**
 * What a legend lists: the looks of the edges there are, with words in the page's language, a sample
 * and a count.
 */
import { gettext } from '../state/words.js';
import { el } from './svgnode.js';

/** @typedef {import('../types.js').Edge} Edge */

/** The looks, in the order they are listed: key, colour class, words. */
const LOOKS = /** @type {const} */ ([
  ['allow', 'allow', gettext('allowed')],
  ['deny', 'deny', gettext('denied')],
  ['notready', 'unknown', gettext('not ready, terminating')],
  ['unknown', 'unknown', gettext('not known, assumed')],
  ['dns', 'dns', gettext('DNS answer')],
  ['own', 'node', gettext('selects, owns, runs on')],
]);

/** What the looks mean in single views, where that is not what they usually mean.
 * @type {Record<string, Record<string, string>>} */
const WORDS = {
  endpoints: { allow: gettext('ready endpoint'), deny: gettext('stopped') },
  families: { allow: gettext('ready endpoint'), own: gettext('runs on') },
  paths: {
    allow: gettext('passes'),
    deny: gettext('stopped'),
    notready: gettext('last resort'),
    own: gettext('owns'),
  },
  compare: { allow: gettext('connects'), unknown: gettext('hypothetical') },
  slices: {
    allow: gettext('writes, sends'),
    unknown: gettext('sends, assumed'),
    own: gettext('packed by'),
  },
};

/** A cell of a bin, as large as a sample shows it. */
const CELL = 'M10 2h10v10h-10z';

/** @type {Record<string, () => import('./svgnode.js').SvgNode[]>} */
const KEYS = {
  allow: () => [el('path', { d: 'M0 7h22' }), el('path', { class: 'fillc', d: 'm21 3 8 4-8 4z' })],
  deny: () => [
    el('path', { class: 'dash', d: 'M0 7h18' }),
    el('circle', { class: 'fillc', cx: 23, cy: 7, r: 6 }),
    el('path', { class: 'cut', d: 'm20.8 4.8 4.4 4.4m0-4.4-4.4 4.4' }),
  ],
  notready: () => [
    el('path', { class: 'dots', d: 'M1 7h20' }),
    el('path', { class: 'fillc', d: 'm21 3 8 4-8 4z' }),
  ],
  unknown: () => [el('path', { class: 'dots', d: 'M1 7h28' })],
  dns: () => [
    el('path', { class: 'dd', d: 'M1 7h20' }),
    el('path', { class: 'fillc', d: 'm21 3 8 4-8 4z' }),
  ],
  own: () => [el('path', { class: 'thin', d: 'M0 7h29' })],
  IPv6: () => [el('path', { d: 'M0 5.2h29M0 8.8h29' })],
  'cell-r': () => [el('path', { class: 'nv-cells is-ready', d: CELL })],
  'cell-n': () => [el('path', { class: 'nv-cells is-unready', d: CELL })],
  'cell-s': () => [el('path', { class: 'nv-cells is-serving', d: CELL })],
  'cell-t': () => [el('path', { class: 'nv-cells is-ending', d: `${CELL}m0 0l10 10m0-10l-10 10` })],
  'cell-free': () => [el('path', { class: 'nv-cells is-free', d: CELL })],
  socket: () => [
    el(
      'g',
      { class: 'nv-socket is-missing' },
      el('rect', { x: 1, y: 1.5, width: 27, height: 11, rx: 4 }),
    ),
  ],
  assumed: () => [
    el(
      'g',
      { class: 'nv-card--assumed' },
      el('rect', { class: 'nv-card__body', x: 1, y: 1.5, width: 27, height: 11, rx: 4 }),
    ),
  ],
};

/**
 * The rows of the legend for these edges.
 * @param {Iterable<Edge>} edges
 * @param {string} view
 * @returns {{key: string, colour: string, text: string, count: number}[]}
 */
export function legendRows(edges, view) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  let double = 0;
  for (const edge of edges) {
    counts.set(edge.state, (counts.get(edge.state) ?? 0) + 1);
    if (edge.family === 'IPv6') double++;
  }
  const rows = LOOKS.flatMap(([key, colour, text]) => {
    const count = counts.get(key);
    const words = WORDS[view]?.[key] ?? text;
    return count
      ? [
          {
            key: /** @type {string} */ (key),
            colour: /** @type {string} */ (colour),
            text: words,
            count,
          },
        ]
      : [];
  });
  if (double) rows.push({ key: 'IPv6', colour: 'allow', text: 'IPv6', count: double });
  return rows;
}

/** What cards show besides, in the order it is listed: key, colour class, words. */
const MARKS = /** @type {const} */ ([
  ['cell-r', 'allow', gettext('ready')],
  ['cell-n', 'unknown', gettext('not ready')],
  ['cell-s', 'unknown', gettext('terminating, still serves')],
  ['cell-t', 'unknown', gettext('terminating')],
  ['cell-free', 'unknown', gettext('free place')],
  ['socket', 'unknown', gettext('address missing')],
  ['assumed', 'unknown', gettext('assumed, hypothetical')],
]);

/**
 * The rows for what the cards show besides lines: cells of bins, empty sockets, what is assumed.
 * They switch nothing.
 * @param {Iterable<import('../types.js').Node>} nodes
 * @returns {{key: string, colour: string, text: string, count: number}[]}
 */
export function legendMarks(nodes) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  const add = (/** @type {string} */ key, by = 1) => counts.set(key, (counts.get(key) ?? 0) + by);
  for (const { cells, places = 0, sockets = [], assumed } of nodes) {
    for (const cell of cells ?? '') add(`cell-${cell}`);
    if (cells !== undefined) add('cell-free', Math.max(0, places - cells.length));
    add('socket', sockets.filter(({ state }) => state === 'missing').length);
    if (assumed) add('assumed');
  }
  return MARKS.flatMap(([key, colour, text]) => {
    const count = counts.get(key) ?? 0;
    return count > 0 ? [{ key, colour, text, count }] : [];
  });
}

/** The sample line of a row, 30 x 14.
 * @param {string} key */
export const legendSample = (key) => KEYS[key]?.() ?? [];
