// @ts-check
/**
 * The search box of the top bar: jumps to objects, completes query terms, applies a query as a
 * filter. Objects come from the JSON address in the form's `data-search`
 * (`?q=` gives `{"total": n, "results": [{"id", "kind", "namespace", "name", "icon", "paint",
 * "href", "note"}]}`). Without JavaScript the form is a plain search.
 *
 * The list is a combobox popup: arrows move, Enter takes, Tab completes, Escape closes.
 */
import { kindClass } from '../graph/measure.js';
import { fitting } from '../state/commands.js';
import { complete, parseQuery } from '../state/query.js';
import { gettext, ngettext } from '../state/words.js';
import { errorRow } from './error-row.js';
import { html, icon } from './icon.js';

const WAIT_MS = 150;

/**
 * @typedef {{id: string, kind: string, namespace?: string, name: string, icon?: string, paint?: string, href: string, note?: string}} Found
 * @typedef {object} PaletteOptions
 * @property {(field: string) => Iterable<string>} values known values of a query field
 * @property {(query: string) => {found: number}} [count] matches in the drawing, where there is one
 * @property {(query: string) => void} filter applies a query; '' clears it
 * @property {(id: string) => boolean} select selects a card that is drawn
 * @property {() => import('../state/commands.js').Command[]} [commands] pages and actions
 */

export class Palette {
  /** @param {HTMLFormElement} form @param {PaletteOptions} options */
  constructor(form, options) {
    this.form = form;
    this.options = options;
    this.input = /** @type {HTMLInputElement} */ (form.querySelector('input[type="search"]'));
    this.list = html('div', 'palette');
    this.list.id = 'palette-list';
    this.list.setAttribute('role', 'listbox');
    this.list.tabIndex = -1; // what scrolls would be a stop of its own
    this.list.setAttribute('aria-label', gettext('Results'));
    this.list.hidden = true;
    form.append(this.list);
    for (const [name, value] of Object.entries({
      role: 'combobox',
      'aria-expanded': 'false',
      'aria-controls': this.list.id,
      'aria-autocomplete': 'list',
      autocomplete: 'off',
    }))
      this.input.setAttribute(name, value);
    this.at = -1;
    this.asked = 0;
    this.rows = 0;
    this.input.addEventListener('input', () => this.#typed());
    this.input.addEventListener('focus', () => this.#typed());
    this.input.addEventListener('keydown', (event) => this.#key(event));
    this.input.addEventListener('blur', () => setTimeout(() => this.close(), 120));
    if (document.activeElement === this.input) this.#typed();
  }

  /** Closes the list; an answer that is still on its way does not open it again. */
  close() {
    clearTimeout(this.timer);
    this.asked++;
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
    this.at = -1;
  }

  #typed() {
    const text = this.input.value;
    this.#show(text, []);
    clearTimeout(this.timer);
    if (text.trim() && !text.startsWith('>') && this.form.dataset.search)
      this.timer = setTimeout(() => this.#ask(text), WAIT_MS);
  }

  /** @param {string} text */
  async #ask(text) {
    const turn = ++this.asked;
    const url = new URL(this.form.dataset.search ?? '', location.href);
    url.searchParams.set('q', text);
    try {
      const response = await fetch(url, { headers: { Accept: 'application/json' } });
      if (!response.ok) return;
      const { results } = await response.json();
      if (turn === this.asked && text === this.input.value && document.activeElement === this.input)
        this.#show(text, results);
    } catch {
      // Without an answer the list goes on with completions and the filter.
    }
  }

  /** @param {string} text @param {Found[]} results */
  #show(text, results) {
    /** @type {HTMLElement[]} */
    const rows = [];
    const offered = fitting(text, this.options.commands?.() ?? []).map((command) =>
      this.#row(command.icon, command.text, command.note, '', () => this.#run(command)),
    );
    if (text.startsWith('>')) {
      this.input.removeAttribute('aria-invalid');
      return this.#fill(offered);
    }
    const { errors } = parseQuery(text);
    const caret = this.input.selectionStart ?? text.length;
    const completion = complete(text, caret, this.options.values);
    this.input.setAttribute('aria-invalid', String(errors.length > 0));
    if (text.trim() && errors.length === 0 && !this.options.count) {
      rows.push(
        this.#row('ui-search', gettext('Search the cluster'), '', '', () => this.#filter(text)),
      );
    } else if (text.trim() && errors.length === 0 && this.options.count) {
      const { found } = this.options.count(text);
      const words = ngettext('%(count)s match', '%(count)s match', found);
      rows.push(
        this.#row('ui-filter', gettext('Show in the drawing'), words, '', () => this.#filter(text)),
      );
    }
    for (const error of errors) rows.push(errorRow(text, error));
    for (const found of results.slice(0, 8)) {
      const where = [found.kind, found.namespace].filter(Boolean).join(' · ');
      const row = this.#row(
        `k-${found.icon ?? 'pod'}`,
        found.name,
        found.note ?? where,
        found.paint ?? '',
        () => this.#jump(found),
      );
      rows.push(row);
    }
    const typed = text.slice(completion.start, caret);
    for (const option of completion.options.filter((o) => o !== typed).slice(0, 6))
      rows.push(
        this.#row(
          'ui-search',
          option,
          gettext('Tab completes'),
          '',
          () => this.#complete(completion, option),
          'complete',
        ),
      );
    this.#fill([...rows, ...offered]);
  }

  /** @param {HTMLElement[]} rows */
  #fill(rows) {
    this.list.replaceChildren(...rows);
    this.list.hidden = rows.length === 0;
    this.input.setAttribute('aria-expanded', String(rows.length > 0));
    this.#move(-1);
  }

  /** @param {import('../state/commands.js').Command} command */
  #run(command) {
    this.input.value = '';
    this.close();
    this.input.blur();
    command.run();
  }

  /** @param {string} iconName @param {string} text @param {string} note @param {string} paint
   * @param {() => void} run @param {string} [role] */
  #row(iconName, text, note, paint, run, role = '') {
    const colour = paint ? kindClass(paint).replace('k-', 'c-') : 'c-muted';
    const row = html(
      'div',
      'palette__row',
      html('span', colour, icon(iconName)),
      html('span', 'palette__text', text),
      html('small', '', note),
    );
    row.setAttribute('role', 'option');
    row.id = `${this.list.id}-${this.rows++}`;
    row.dataset.role = role;
    row.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      run();
    });
    row.addEventListener('nv:take', run);
    return row;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const rows = this.#rows();
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      this.#move(
        Math.max(-1, Math.min(rows.length - 1, this.at + (event.key === 'ArrowDown' ? 1 : -1))),
      );
    } else if (event.key === 'Tab' && !event.shiftKey) {
      const option = rows.find((r) => r.dataset.role === 'complete');
      if (!option || !this.input.value) return;
      event.preventDefault();
      option.dispatchEvent(new Event('nv:take'));
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      if (this.list.hidden) this.input.blur();
      else this.close();
    }
  }

  /** @returns {HTMLElement[]} */
  #rows() {
    return [
      .../** @type {NodeListOf<HTMLElement>} */ (
        this.list.querySelectorAll('[role="option"]:not([aria-disabled])')
      ),
    ];
  }

  /** @param {number} index */
  #move(index) {
    this.at = index;
    const rows = this.#rows();
    for (const [i, row] of rows.entries()) row.setAttribute('aria-selected', String(i === index));
    if (rows[index]) this.input.setAttribute('aria-activedescendant', rows[index].id);
    else this.input.removeAttribute('aria-activedescendant');
  }

  /** Does what is chosen; else what comes first, or the filter. */
  take() {
    const rows = this.#rows();
    const chosen = rows[this.at];
    // What is not a query yet is not looked for: the list says what is wrong with it.
    if (!chosen && this.input.getAttribute('aria-invalid') === 'true') return this.#typed();
    const row = chosen ?? rows.find((r) => r.dataset.role !== 'complete');
    if (row) row.dispatchEvent(new Event('nv:take'));
    else this.#filter(this.input.value);
  }

  /** @param {{start: number, end: number}} span @param {string} option */
  #complete({ start, end }, option) {
    const text = this.input.value;
    this.input.value = text.slice(0, start) + option + text.slice(end);
    this.input.setSelectionRange(start + option.length, start + option.length);
    this.#typed();
  }

  /** @param {string} query */
  #filter(query) {
    this.options.filter(query.trim());
    this.close();
  }

  /** @param {Found} found */
  #jump(found) {
    this.close();
    this.input.blur();
    if (!this.options.select(found.id)) location.assign(found.href);
  }
}
