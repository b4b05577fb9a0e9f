// @ts-check
/**
 * A text field with a list of choices from the server: an editable combobox with a listbox popup
 * (ARIA APG), which stays a plain field without scripts.
 *
 *     <div class="combo" data-combo="/c/demo/peers?field=from">
 *       <div class="input"><span data-slot="icon"></span><input name="from"></div>
 *     </div>
 *
 * The address answers `?q=` with `{"results": [{"value", "label", "note", "icon", "paint"}]}`.
 * Down and Up go through the list, Enter takes the choice (without one it sends the form), Escape
 * closes the list and, when it is closed, empties nothing; any text may stay in the field.
 */
import { kindClass } from '../graph/measure.js';
import { html, icon } from './icon.js';

const WAIT_MS = 120;

/** @typedef {{value: string, label: string, note?: string, icon?: string, paint?: string}} Choice */

let lists = 0;

export class Combobox {
  /** @param {HTMLElement} box @param {{onTake?: (choice: Choice) => void}} [on] */
  constructor(box, { onTake } = {}) {
    this.box = box;
    this.onTake = onTake;
    this.input = /** @type {HTMLInputElement} */ (box.querySelector('input'));
    this.list = html('div', 'palette');
    this.list.id = `choices-${++lists}`;
    this.list.hidden = true;
    this.list.setAttribute('role', 'listbox');
    this.list.tabIndex = -1; // what scrolls would be a stop of its own
    this.list.setAttribute('aria-label', box.querySelector('label')?.textContent ?? '');
    box.append(this.list);
    for (const [name, value] of Object.entries({
      role: 'combobox',
      'aria-expanded': 'false',
      'aria-controls': this.list.id,
      'aria-autocomplete': 'list',
    }))
      this.input.setAttribute(name, value);
    this.at = -1;
    this.turn = 0;
    /** @type {Choice[]} */
    this.choices = [];
    this.input.addEventListener('input', () => this.#later());
    this.input.addEventListener('keydown', (event) => this.#key(event));
    this.input.addEventListener('blur', () => this.close());
    this.input.addEventListener('click', () => {
      if (this.list.hidden) this.#ask();
    });
  }

  close() {
    clearTimeout(this.timer);
    this.turn++;
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), WAIT_MS);
  }

  async #ask() {
    const turn = ++this.turn;
    const url = new URL(this.box.dataset.combo ?? '', location.href);
    url.searchParams.set('q', this.input.value);
    try {
      const response = await fetch(url, { headers: { Accept: 'application/json' } });
      if (!response.ok || turn !== this.turn) return;
      const { results } = await response.json();
      if (turn === this.turn && document.activeElement === this.input) this.#show(results);
    } catch {
      // The field goes on as a plain one.
    }
  }

  /** @param {Choice[]} choices */
  #show(choices) {
    this.choices = choices;
    this.list.replaceChildren(
      ...choices.map((choice, i) => {
        const colour = kindClass(choice.paint).replace('k-', 'c-');
        const row = html(
          'div',
          'palette__row',
          html('span', colour, icon(`k-${choice.icon ?? 'external'}`)),
          html('span', 'palette__text', choice.label),
          html('small', '', choice.note ?? ''),
        );
        row.id = `${this.list.id}-${i}`;
        row.setAttribute('role', 'option');
        row.setAttribute('aria-selected', 'false');
        row.addEventListener('pointerdown', (event) => {
          event.preventDefault();
          this.#take(choice);
        });
        return row;
      }),
    );
    this.at = -1;
    this.input.removeAttribute('aria-activedescendant');
    this.list.hidden = choices.length === 0;
    this.input.setAttribute('aria-expanded', String(choices.length > 0));
  }

  /** @param {number} to */
  #move(to) {
    const rows = [.../** @type {HTMLCollectionOf<HTMLElement>} */ (this.list.children)];
    this.at = (to + rows.length) % rows.length;
    for (const [i, row] of rows.entries()) row.setAttribute('aria-selected', String(i === this.at));
    const row = rows[this.at];
    if (!row) return;
    this.input.setAttribute('aria-activedescendant', row.id);
    row.scrollIntoView({ block: 'nearest' });
  }

  /** @param {Choice} choice */
  #take(choice) {
    this.input.value = choice.value;
    const slot = this.box.querySelector('[data-slot="icon"]');
    if (slot) {
      slot.className = kindClass(choice.paint).replace('k-', 'c-');
      slot.replaceChildren(icon(`k-${choice.icon ?? 'external'}`));
    }
    this.close();
    this.onTake?.(choice);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) this.#ask();
      else if (event.key === 'ArrowDown') this.#move(this.at + 1);
      else this.#move(this.at < 0 ? -1 : this.at - 1);
    } else if (event.key === 'Enter' && open && this.at >= 0) {
      event.preventDefault();
      const choice = this.choices[this.at];
      if (choice) this.#take(choice);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }
}
