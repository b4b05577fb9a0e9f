// @ts-check
/**
 * The matrix of a policy view as a drawing: what an export shows in the place of the map. Rows from,
 * columns to; the same marks as on the page. Values only, like `card.js`.
 *
 * @typedef {import('../types.js').Matrix} Matrix
 * @typedef {import('./svgnode.js').SvgNode} SvgNode
 */
import { middle } from './measure.js';
import { el, r1 } from './svgnode.js';

const CELL = { w: 46, h: 34, gap: 3 };
const HEADS = { left: 24, top: 24, rows: 240, columns: 132 };
const MOST = { row: 30, column: 18 };

/** The mark of a state, drawn around the middle of its cell.
 * @type {Record<string, () => SvgNode[]>} */
const MARKS = {
  allow: () => [el('path', { class: 'mx-mark', d: 'M-5 .5 -1.5 4 5-4' })],
  deny: () => [el('path', { class: 'mx-mark', d: 'M-4-4 4 4M4-4-4 4' })],
  partial: () => [
    el('circle', { class: 'mx-mark', r: 5 }),
    el('path', { class: 'mx-half', d: 'M0-5a5 5 0 0 0 0 10z' }),
  ],
  self: () => [el('circle', { class: 'mx-half', r: 1.5 })],
};

/** @type {Record<string, string>} */
const VERDICTS = { allow: 'v-allow', deny: 'v-deny', partial: 'v-warn', self: 'v-unknown' };

/** @param {import('../types.js').MatrixCell} cell @param {number} x @param {number} y */
function cellParts(cell, x, y) {
  const mark = MARKS[cell.state]?.() ?? [];
  const shift = cell.text ? -8 : 0;
  return el(
    'g',
    { class: `mx-cell mx-cell--${cell.state} ${VERDICTS[cell.state] ?? 'v-unknown'}` },
    el('title', {}, cell.label),
    el('rect', { x: r1(x), y: r1(y), width: CELL.w, height: CELL.h, rx: 6 }),
    el(
      'g',
      { transform: `translate(${r1(x + CELL.w / 2 + shift)} ${r1(y + CELL.h / 2)})` },
      ...mark,
    ),
    cell.text
      ? el('text', { class: 'mx-count', x: r1(x + CELL.w / 2 + 1), y: r1(y + 21) }, cell.text)
      : null,
  );
}

/**
 * The drawing of a matrix with its size.
 * @param {Matrix} matrix
 * @returns {{width: number, height: number, parts: SvgNode[]}}
 */
export function matrixDrawing({ columns, rows }) {
  const [left, top] = [HEADS.left + HEADS.rows, HEADS.top + HEADS.columns];
  const stepX = CELL.w + CELL.gap;
  const stepY = CELL.h + CELL.gap;
  const heads = columns.map(({ name }, i) => {
    const at = `translate(${r1(left + i * stepX + CELL.w / 2 + 4)} ${top - 8}) rotate(-90)`;
    return el('text', { class: 'mx-head', transform: at }, middle(name, MOST.column));
  });
  const lines = rows.map(({ name, namespace, cells }, i) => {
    const y = top + i * stepY;
    const label = namespace ? `${name} · ${namespace}` : name;
    return el(
      'g',
      {},
      el('text', { class: 'mx-head is-row', x: left - 10, y: y + 21 }, middle(label, MOST.row)),
      ...cells.map((cell, j) => cellParts(cell, left + j * stepX, y)),
    );
  });
  return {
    width: left + columns.length * stepX + HEADS.left,
    height: top + rows.length * stepY + HEADS.top,
    parts: [...heads, ...lines],
  };
}
