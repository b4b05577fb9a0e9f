// @ts-check
/**
 * The Table form, live: the rows of `graph.table` in the table the server has rendered, keyed by
 * row id, so that scroll, focus and selection stay.
 */
import { gettext } from '../state/words.js';
import { glyph, html } from './icon.js';
import { named } from './names.js';

/** @typedef {import('../types.js').Cell} Cell */
/** @typedef {import('../types.js').Row} Row */

/** What a cell holds, as `cluster/partials/cell_text.html` has it: names and addresses read from
 * left to right in every language.
 * @param {Cell} cell */
function content({ text, href, state, mono }) {
  const words = mono ? [html('code', '', text)] : href ? [text] : named(text);
  if (words[0] instanceof HTMLElement) words[0].dir = 'ltr';
  if (href) {
    const link = html('a', 'objlink', ...words);
    link.href = href;
    link.dir = 'ltr';
    return [link];
  }
  return state ? [html('span', 'cell', glyph(state), ...words)] : words;
}

export class TableView {
  /** @param {Element} container holds a `table` with `thead` and `tbody`, or is empty */
  constructor(container) {
    this.table = container.querySelector('table') ?? this.#create(container);
    this.body = this.table.tBodies[0] ?? this.table.createTBody();
    /** @type {Map<string, {row: HTMLTableRowElement, text: string}>} */
    this.rows = new Map();
    const rendered = [...this.body.rows].filter((row) => row.dataset.id);
    const names = keysOf(rendered.map((row) => ({ id: row.dataset.id ?? '', cells: [] })));
    for (const [i, row] of rendered.entries()) this.rows.set(names[i] ?? '', { row, text: '' });
    this.columns = '';
    this.selected = '';
    this.body.addEventListener('click', (event) => {
      const target = /** @type {Element} */ (event.target);
      const id = target.closest('tr')?.dataset.id;
      if (!id || target.closest('a')) return;
      this.table.dispatchEvent(new CustomEvent('nv:pick', { bubbles: true, detail: { id } }));
    });
  }

  /** @param {import('../types.js').Table|null|undefined} table */
  show(table) {
    if (!table) return;
    const columns = JSON.stringify(table.columns);
    if (columns !== this.columns) this.#head(table.columns);
    this.columns = columns;
    const names = keysOf(table.rows);
    const keys = new Set(names);
    for (const [id, { row }] of this.rows) {
      if (keys.has(id)) continue;
      row.remove();
      this.rows.delete(id);
    }
    if (!table.rows.length) return this.#none(table.columns.length);
    for (const row of [...this.body.rows]) if (!row.dataset.id) row.remove();
    for (const [i, row] of table.rows.entries()) this.#row(row, names[i] ?? '', i, table.columns);
    this.select(this.selected);
  }

  /** @param {string} id */
  select(id) {
    this.selected = id;
    for (const { row } of this.rows.values()) {
      if (row.dataset.id === id && id) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
    }
  }

  /** Says that there is no row; what the server says of it already may stay.
   * @param {number} columns */
  #none(columns) {
    if (this.body.rows.length) return;
    const cell = html('td', '', html('span', 'muted', gettext('Nothing to list.')));
    cell.colSpan = columns || 1;
    this.body.append(html('tr', '', cell));
  }

  /** @param {Element} container */
  #create(container) {
    const table = html('table', 'table', html('thead'), html('tbody'));
    container.append(table);
    return table;
  }

  /** @param {import('../types.js').Table['columns']} columns */
  #head(columns) {
    const row = html('tr');
    for (const { label, align } of columns) {
      const th = html('th', align === 'right' ? 'r' : '', label);
      th.scope = 'col';
      row.append(th);
    }
    this.table.tHead?.replaceChildren(row);
  }

  /** @param {Row} data @param {string} id @param {number} index
   * @param {import('../types.js').Table['columns']} columns */
  #row(data, id, index, columns) {
    const text = JSON.stringify(data.cells);
    let entry = this.rows.get(id);
    if (!entry) {
      entry = { row: html('tr'), text: '' };
      entry.row.dataset.id = data.id;
      this.rows.set(id, entry);
    }
    if (entry.text !== text) {
      entry.text = text;
      const cells = data.cells.map((cell, i) =>
        html('td', columns[i]?.align === 'right' ? 'r' : '', ...content(cell)),
      );
      entry.row.replaceChildren(...cells);
    }
    if (this.body.rows[index] !== entry.row)
      this.body.insertBefore(entry.row, this.body.rows[index] ?? null);
  }
}

/**
 * A key per row. Rows may repeat an id (a Pod in two slices); later ones are told apart by number.
 * @param {Row[]} rows
 * @returns {string[]}
 */
export function keysOf(rows) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return rows.map(({ id }) => {
    const nth = seen.get(id) ?? 0;
    seen.set(id, nth + 1);
    return nth ? `${id} ${nth}` : id;
  });
}
