// @ts-check
/**
 * A filter box that speaks the query language: `input[data-query="id"]`, where the element with
 * that id (a `json_script`) holds the known values by field. What is wrong is underlined while one
 * types, Tab completes, arrows choose; the form itself is a plain GET and works without scripts.
 */
import { complete, parseQuery } from '../state/query.js';
import { gettext } from '../state/words.js';
import { errorRow } from './error-row.js';
import { html } from './icon.js';

const MOST_OPTIONS = 8;

export class QueryBox {
  /** @param {HTMLInputElement} input @param {(field: string) => Iterable<string>} values */
  constructor(input, values) {
    this.input = input;
    this.values = values;
    this.at = -1;
    this.list = html('div', 'palette palette--box');
    this.list.id = `${input.id || input.name}-options`;
    this.list.setAttribute('role', 'listbox');
    this.list.tabIndex = -1; // what scrolls would be a stop of its own
    this.list.setAttribute('aria-label', gettext('Completions'));
    this.list.hidden = true;
    input.parentElement?.append(this.list);
    for (const [name, value] of Object.entries({
      role: 'combobox',
      'aria-expanded': 'false',
      'aria-controls': this.list.id,
      'aria-autocomplete': 'list',
    }))
      input.setAttribute(name, value);
    input.addEventListener('input', () => this.#show());
    input.addEventListener('keydown', (event) => this.#key(event));
    input.addEventListener('blur', () => setTimeout(() => this.#close(), 120));
  }

  #close() {
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  #show() {
    const text = this.input.value;
    const caret = this.input.selectionStart ?? text.length;
    const { errors } = parseQuery(text);
    this.input.setAttribute('aria-invalid', String(errors.length > 0));
    const span = complete(text, caret, this.values);
    const typed = text.slice(span.start, caret);
    const options = typed || text.endsWith(':') ? span.options.filter((o) => o !== typed) : [];
    const rows = [
      ...(text.trim() ? errors.map((error) => errorRow(text, error)) : []),
      ...options.slice(0, MOST_OPTIONS).map((option, i) => this.#option(option, i, span)),
    ];
    this.list.replaceChildren(...rows);
    this.list.hidden = rows.length === 0;
    this.input.setAttribute('aria-expanded', String(rows.length > 0));
    this.#mark(-1);
  }

  /** @param {string} option @param {number} index @param {{start: number, end: number}} span */
  #option(option, index, span) {
    const row = html('div', 'palette__row', html('span', 'palette__text', option));
    row.append(html('small', '', index === 0 ? gettext('Tab completes') : ''));
    row.id = `${this.list.id}-${index}`;
    row.setAttribute('role', 'option');
    row.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      this.#take(option, span);
    });
    row.addEventListener('nv:take', () => this.#take(option, span));
    return row;
  }

  /** @param {string} option @param {{start: number, end: number}} span */
  #take(option, { start, end }) {
    const text = this.input.value;
    this.input.value = text.slice(0, start) + option + text.slice(end);
    this.input.setSelectionRange(start + option.length, start + option.length);
    this.#show();
  }

  /** @param {number} index */
  #mark(index) {
    this.at = index;
    const rows = this.#rows();
    for (const [i, row] of rows.entries()) row.setAttribute('aria-selected', String(i === index));
    const row = rows[index];
    if (row) this.input.setAttribute('aria-activedescendant', row.id);
    else this.input.removeAttribute('aria-activedescendant');
  }

  /** @returns {HTMLElement[]} */
  #rows() {
    return [
      .../** @type {NodeListOf<HTMLElement>} */ (
        this.list.querySelectorAll('[role="option"]:not([aria-disabled])')
      ),
    ];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const rows = this.#rows();
    if (this.list.hidden) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const by = event.key === 'ArrowDown' ? 1 : -1;
      this.#mark(Math.max(-1, Math.min(rows.length - 1, this.at + by)));
    } else if (event.key === 'Tab' && !event.shiftKey && rows.length) {
      (rows[this.at] ?? rows[0])?.dispatchEvent(new Event('nv:take'));
    } else if (event.key === 'Enter' && rows[this.at]) {
      rows[this.at]?.dispatchEvent(new Event('nv:take'));
    } else if (event.key === 'Escape') {
      this.#close();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  }
}

/** Wires every filter box of the page.
 * @param {ParentNode} root */
export function startQueryBoxes(root) {
  for (const input of root.querySelectorAll('input[data-query]')) {
    if (!(input instanceof HTMLInputElement)) continue;
    const text = document.getElementById(input.dataset.query ?? '')?.textContent;
    /** @type {Record<string, string[]>} */
    const known = JSON.parse(text || '{}');
    new QueryBox(input, (field) => known[field] ?? []);
  }
}
