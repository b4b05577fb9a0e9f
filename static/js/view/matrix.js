// @ts-check
/**
 * The matrix of a policy view, live and by keyboard: one cell is in the tab order, the arrows, Home,
 * End, PageUp and PageDown move it. Enter, Space and a click choose the cell's line, which says why,
 * and open its trace where no line is drawn; `t` and a double click open the trace of every cell.
 * The server has rendered it
 * (`cluster/partials/matrix.html`); cells that stay are changed in place, so that focus stays too.
 */
import { html } from './icon.js';

/** @typedef {import('../types.js').Matrix} Matrix */
/** @typedef {import('../types.js').MatrixCell} MatrixCell */

const PAGE = 8;

export class MatrixView {
  /** @param {HTMLElement} container holds the table */
  constructor(container) {
    this.container = container;
    this.at = { row: 0, column: 0 };
    this.selected = '';
    this.shown = '';
    /** @type {Matrix|null} */
    this.matrix = null;
    container.addEventListener('keydown', (event) => this.#key(event));
    container.addEventListener('click', (event) => {
      const cell = /** @type {Element} */ (event.target).closest('td.mx');
      if (cell instanceof HTMLElement) this.#choose(cell);
    });
    container.addEventListener('dblclick', (event) => {
      const cell = /** @type {Element} */ (event.target).closest('td.mx');
      if (cell instanceof HTMLElement) traceOf(cell);
    });
    container.addEventListener('focusin', (event) => {
      const cell = /** @type {Element} */ (event.target).closest('td.mx');
      if (cell instanceof HTMLElement) this.#remember(cell);
    });
    this.#rove();
  }

  /** The rows of cells. @returns {HTMLElement[][]} */
  get grid() {
    return [...this.container.querySelectorAll('tbody tr')].map((row) =>
      [...row.querySelectorAll('td.mx')].map((cell) => /** @type {HTMLElement} */ (cell)),
    );
  }

  /** @param {Matrix|null|undefined} matrix */
  show(matrix) {
    if (!matrix) return;
    this.matrix = matrix;
    const heads = JSON.stringify([matrix.columns, matrix.rows.map(({ id, name }) => [id, name])]);
    const grid = this.grid;
    const same = grid.length === matrix.rows.length && grid[0]?.length === matrix.columns.length;
    if (!same || (this.shown && this.shown !== heads)) this.#rebuild(matrix);
    else
      for (const [i, row] of matrix.rows.entries())
        for (const [j, cell] of row.cells.entries()) {
          const element = grid[i]?.[j];
          if (element) fill(element, cell);
        }
    this.shown = heads;
    this.#rove();
    this.select(this.selected);
  }

  /** Marks the cell of an edge; of a fold, which has several, the one that was chosen.
   * @param {string} id */
  select(id) {
    this.selected = id;
    const grid = this.grid;
    const cells = grid.flat();
    const chosen = grid[this.at.row]?.[this.at.column];
    const first = cells.find((cell) => id && cell.dataset.edge === id);
    const marked = chosen && id && chosen.dataset.edge === id ? chosen : first;
    for (const cell of cells)
      if (cell === marked) cell.setAttribute('aria-selected', 'true');
      else cell.removeAttribute('aria-selected');
  }

  /** @param {Matrix} matrix */
  #rebuild(matrix) {
    const table = this.container.querySelector('table');
    if (!table) return;
    const head = html('tr', '', html('td', ''), ...matrix.columns.map((c) => heading('col', c)));
    table.tHead?.replaceChildren(head);
    const rows = matrix.rows.map((row) => {
      const cells = row.cells.map((cell) => {
        const element = html('td', '');
        element.setAttribute('role', 'gridcell');
        element.tabIndex = -1;
        fill(element, cell);
        return element;
      });
      return html('tr', '', heading('row', row), ...cells);
    });
    table.tBodies[0]?.replaceChildren(...rows);
  }

  #rove() {
    const grid = this.grid;
    this.at.row = Math.min(this.at.row, Math.max(0, grid.length - 1));
    this.at.column = Math.min(this.at.column, Math.max(0, (grid[0]?.length ?? 1) - 1));
    for (const cell of grid.flat()) cell.tabIndex = -1;
    const cell = grid[this.at.row]?.[this.at.column];
    if (cell) cell.tabIndex = 0;
  }

  /** @param {HTMLElement} cell */
  #remember(cell) {
    for (const [row, cells] of this.grid.entries()) {
      const column = cells.indexOf(cell);
      if (column >= 0) this.at = { row, column };
    }
    this.#rove();
  }

  /** @param {HTMLElement} cell */
  #choose(cell) {
    this.#remember(cell);
    const id = cell.dataset.edge ?? '';
    if (!id) return traceOf(cell);
    const { trace = '' } = cell.dataset;
    const detail = { id, trace, pair: this.#pair() };
    cell.dispatchEvent(new CustomEvent('nv:pick', { bubbles: true, detail }));
  }

  /** What the chosen cell says itself, where its line stands for other pairs as well.
   * @returns {{edge: Partial<import('../types.js').Edge>, ends: string[]}|undefined} */
  #pair() {
    const { row, column } = this.at;
    const [from, to] = [this.matrix?.rows[row], this.matrix?.columns[column]];
    const cell = from?.cells[column];
    if (!cell?.why || !to) return undefined;
    const state = cell.state === 'deny' ? 'deny' : 'allow';
    const edge = { state, title: cell.label, label: '', why: cell.why };
    return { edge: /** @type {any} */ (edge), ends: [from?.name ?? '', to.name] };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const cell = /** @type {Element} */ (event.target).closest('td.mx');
    if (!(cell instanceof HTMLElement) || event.altKey || event.metaKey) return;
    const grid = this.grid;
    const [rows, columns] = [grid.length, grid[0]?.length ?? 0];
    let { row, column } = this.at;
    switch (event.key) {
      case 'ArrowRight':
        column += 1;
        break;
      case 'ArrowLeft':
        column -= 1;
        break;
      case 'ArrowDown':
        row += 1;
        break;
      case 'ArrowUp':
        row -= 1;
        break;
      case 'Home':
        column = 0;
        if (event.ctrlKey) row = 0;
        break;
      case 'End':
        column = columns - 1;
        if (event.ctrlKey) row = rows - 1;
        break;
      case 'PageDown':
        row += PAGE;
        break;
      case 'PageUp':
        row -= PAGE;
        break;
      case 'Enter':
      case ' ':
      case 't':
        event.preventDefault();
        event.stopPropagation();
        if (event.key === 't') traceOf(cell);
        else this.#choose(cell);
        return;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
    row = Math.max(0, Math.min(rows - 1, row));
    column = Math.max(0, Math.min(columns - 1, column));
    this.at = { row, column };
    this.#rove();
    grid[row]?.[column]?.focus();
  }
}

/** Opens the trace of a cell, if it has two ends.
 * @param {HTMLElement} cell */
function traceOf(cell) {
  if (cell.dataset.trace) location.assign(cell.dataset.trace);
}

/** @param {'col'|'row'} scope @param {{name: string, namespace: string, sub: string}} of */
function heading(scope, { name, namespace, sub }) {
  const cell = html('th', '', html('span', '', name));
  cell.setAttribute('scope', scope);
  cell.dir = 'ltr';
  cell.title = [namespace, name, sub].filter(Boolean).join(' ');
  if (scope === 'row' && namespace) cell.append(' ', html('small', '', namespace));
  return cell;
}

/** @param {HTMLElement} element @param {MatrixCell} cell */
function fill(element, { state, text, label, edge, trace }) {
  element.className = `mx mx--${state}`;
  element.setAttribute('aria-label', label);
  element.title = label;
  if (edge) element.dataset.edge = edge;
  else delete element.dataset.edge;
  if (trace) element.dataset.trace = trace;
  else delete element.dataset.trace;
  const glyph = html('span', 'mx__g');
  const parts = text ? [glyph, html('small', '', text)] : [glyph];
  for (const part of parts) part.setAttribute('aria-hidden', 'true');
  element.replaceChildren(...parts);
}
