// @ts-check
/**
 * Parts that only some cards have: sockets, further lines, a bin's cells, a table. Values only,
 * like `card.js`.
 *
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('./svgnode.js').SvgNode} SvgNode
 */
import { gettext, ngettext } from '../state/words.js';
import { BIN, CARD_LINE, ended, ending, middle, SHEET, SOCKET, socketsHeight } from './measure.js';
import { el, r1 } from './svgnode.js';

/** The sockets of a card, from its top left corner: an address each, dashed where one is missing.
 * @param {Node} node @param {number} h of the whole card
 * @returns {SvgNode[]} */
export function socketParts(node, h) {
  const sockets = node.sockets ?? [];
  const top = (h - socketsHeight(sockets.length)) / 2;
  return sockets.map(({ text, state }, i) =>
    el(
      'g',
      {
        class: `nv-socket is-${state}`,
        transform: `translate(0 ${r1(top + i * SOCKET.step)})`,
      },
      el('rect', { width: SOCKET.w, height: SOCKET.h, rx: 6 }),
      el('text', { x: 10, y: 17 }, middle(text, 17)),
    ),
  );
}

/** Further lines of a card, below its meta line.
 * @param {Node} node @param {number} w
 * @returns {SvgNode[]} */
export function lineParts(node, w) {
  const top = node.meta ? 53 + CARD_LINE : 55;
  return (node.lines ?? []).map(({ text, state }, i) =>
    el(
      'text',
      { class: `nv-line${state ? ` is-${state}` : ''}`, x: 46, y: top + i * CARD_LINE },
      ending(text, Math.floor((w - 56) / 6.6)),
    ),
  );
}

/** Where the bars of the latest writes stand in a bin. */
const CHURN = { x: BIN.x + BIN.grid + 12, y: BIN.y + 84, h: 26, step: 4 };

/** The looks of a cell, by its letter. */
const CELLS = /** @type {const} */ ([
  ['r', 'is-ready'],
  ['n', 'is-unready'],
  ['s', 'is-serving'],
  ['t', 'is-ending'],
]);

/**
 * The grid of a bin: a square per place, filled by the state of the endpoint in it; one path per
 * state, however many cells there are.
 * @param {string} cells @param {number} places
 * @returns {SvgNode[]}
 */
export function binGrid(cells, places) {
  const across = Math.max(1, Math.ceil(Math.sqrt(Math.max(places, cells.length))));
  const step = BIN.grid / across;
  const gap = step > 8 ? 2.4 : step > 5 ? 1.4 : 0.8;
  const side = r1(step - gap);
  const corner = (/** @type {number} */ i) =>
    `${r1(BIN.x + (i % across) * step)} ${r1(BIN.y + Math.floor(i / across) * step)}`;
  const square = (/** @type {number} */ i) => `M${corner(i)}h${side}v${side}h${-side}z`;
  const cross = (/** @type {number} */ i) =>
    `M${corner(i)}l${side} ${side}m0 ${-side}l${-side} ${side}`;
  const free = [];
  for (let i = cells.length; i < places; i++) free.push(square(i));
  const parts = free.length ? [el('path', { class: 'nv-cells is-free', d: free.join('') })] : [];
  for (const [letter, look] of CELLS) {
    const at = [...cells].flatMap((cell, i) => (cell === letter ? [i] : []));
    if (at.length === 0) continue;
    const d = at.map(letter === 't' ? (i) => square(i) + cross(i) : square).join('');
    parts.push(el('path', { class: `nv-cells ${look}`, d }));
  }
  return parts;
}

/** Bars of the last writes, the newest at the right, and how many there were in all.
 * @param {import('../types.js').Writes} [writes]
 * @returns {SvgNode[]} */
export function churn({ ready, count } = { ready: [], count: 0 }) {
  if (count === 0) return [];
  const { x, y, h, step } = CHURN;
  const most = Math.max(1, ...ready);
  const bar = (/** @type {number} */ value, /** @type {number} */ i) => {
    const tall = r1(Math.max(1.5, (h * value) / most));
    return `M${x + i * step} ${r1(y + h - tall)}h3.4v${tall}h-3.4z`;
  };
  return [
    el('path', { class: 'nv-churn', d: ready.map(bar).join('') }),
    el(
      'text',
      { class: 'nv-bin__of', x, y: y + h + 14 },
      ngettext('%(count)s write', '%(count)s writes', count),
    ),
  ];
}

/** What a bin shows below its head: the grid, the facts beside it, its last writes.
 * @param {Node} node @param {import('../types.js').Writes} [writes]
 * @returns {SvgNode[]} */
export function binParts(node, writes) {
  const x = BIN.x + BIN.grid + 12;
  const [fill = '', ...rest] = node.facts ?? [];
  const [have = '', most = ''] = fill.split('/');
  return [
    ...binGrid(node.cells ?? '', node.places ?? 100),
    el('text', { class: 'nv-bin__n', x, y: BIN.y + 18 }, have),
    el('text', { class: 'nv-bin__of', x, y: BIN.y + 34 }, gettext('of %(most)s', { most })),
    ...rest.map((text, i) => el('text', { class: 'nv-bin__of', x, y: BIN.y + 56 + i * 16 }, text)),
    ...churn(writes),
  ];
}

/** A table drawn as a card; what does not fit its column is shortened.
 * @param {{heads: string[], rows: string[][]}} grid
 * @returns {SvgNode[]} */
export function sheetParts({ heads, rows }) {
  const starts = SHEET.columns.map((_, i) =>
    SHEET.columns.slice(0, i).reduce((sum, w) => sum + w, 0),
  );
  const width = SHEET.columns.reduce((sum, w) => sum + w, 0);
  const cell = (
    /** @type {string} */ cls,
    /** @type {number} */ i,
    /** @type {number} */ y,
    /** @type {string} */ text,
  ) =>
    el(
      'text',
      { class: cls, x: (starts[i] ?? 0) + 14, y },
      ended(text, (SHEET.columns[i] ?? 0) - 22),
    );
  return [
    ...heads.map((text, i) => cell('nv-sheet__head', i, 22, text)),
    ...rows.flatMap((row, r) => [
      el('path', { class: 'nv-sheet__rule', d: `M0 ${SHEET.head + r * SHEET.row}H${width}` }),
      ...row.map((text, i) =>
        cell(i ? 'nv-sheet__cell' : 'nv-sheet__what', i, SHEET.head + r * SHEET.row + 17.5, text),
      ),
    ]),
  ];
}
