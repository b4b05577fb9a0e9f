// @ts-check
/**
 * A table body of which only the rows in sight are in the document. Rows are elements of one
 * height; two spacers stand for the rest, so that the scroll bar tells the truth.
 */

/** Rows above and below what is in sight. */
const MARGIN = 12;

export class VirtualRows {
  /**
   * @param {HTMLTableSectionElement} body its rows are taken over
   * @param {{scroller: HTMLElement, rowHeight: number}} options
   */
  constructor(body, { scroller, rowHeight }) {
    this.body = body;
    this.scroller = scroller;
    this.rowHeight = rowHeight;
    this.rows = [...body.rows];
    this.above = spacer();
    this.below = spacer();
    this.shown = '';
    const seen = scroller === document.documentElement ? window : scroller;
    seen.addEventListener('scroll', () => this.#later(), { passive: true });
    new ResizeObserver(() => this.#later()).observe(scroller);
    this.render();
  }

  get length() {
    return this.rows.length;
  }

  /** Adds rows at the top. @param {HTMLTableRowElement[]} rows the newest first */
  prepend(rows) {
    this.rows.unshift(...rows);
    this.render(true);
  }

  /** Adds rows at the end. @param {HTMLTableRowElement[]} rows */
  append(rows) {
    this.rows.push(...rows);
    this.render(true);
  }

  /** Puts another row in the place of one. @param {number} index @param {HTMLTableRowElement} row */
  replace(index, row) {
    this.rows[index] = row;
    this.render(true);
  }

  /** Forgets rows at the end. @param {number} most */
  trim(most) {
    if (this.rows.length > most) {
      this.rows.length = most;
      this.render(true);
    }
  }

  #later() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.render();
    });
  }

  /** Shows what is in sight now. @param {boolean} [anew] even if the same stretch is */
  render(anew = false) {
    const top = this.body.getBoundingClientRect().top - offsetOf(this.scroller);
    const height = this.scroller.clientHeight || window.innerHeight;
    const first = Math.max(0, Math.floor(-top / this.rowHeight) - MARGIN);
    const last = Math.min(this.rows.length, Math.ceil((height - top) / this.rowHeight) + MARGIN);
    const key = `${first}-${last}`;
    if (key === this.shown && !anew) return;
    this.shown = key;
    const part = this.rows.slice(first, Math.max(first, last));
    setHeight(this.above, first * this.rowHeight);
    setHeight(this.below, Math.max(0, this.rows.length - first - part.length) * this.rowHeight);
    const wanted = [this.above, ...part, this.below];
    const held = new Set(wanted);
    for (const row of [...this.body.rows]) if (!held.has(row)) row.remove();
    for (const [i, row] of wanted.entries())
      if (this.body.rows[i] !== row) this.body.insertBefore(row, this.body.rows[i] ?? null);
  }
}

/** A row that is only high: one cell, so that hidden columns do not come back. */
function spacer() {
  const row = document.createElement('tr');
  row.className = 'spacer';
  row.setAttribute('aria-hidden', 'true');
  const cell = document.createElement('td');
  row.append(cell);
  return row;
}

/** @param {HTMLTableRowElement} row @param {number} height */
function setHeight(row, height) {
  row.hidden = height === 0;
  row.style.height = `${height}px`;
}

/** @param {HTMLElement} scroller */
const offsetOf = (scroller) =>
  scroller === document.documentElement ? 0 : scroller.getBoundingClientRect().top;
