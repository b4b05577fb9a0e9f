// @ts-check
/**
 * The legend: only what is on screen, a row per look of edge and a count. A row switches its class
 * of edges off and on, as a `hide` term does.
 */
import { gettext } from '../state/words.js';
import { legendMarks, legendRows, legendSample } from './legend-rows.js';
import { el, toDom } from './svgnode.js';

/** @typedef {import('../types.js').Edge} Edge */

/** The legend as a floating card. */
export class Legend {
  /** @param {{icons: string, onToggle: (key: string, shown: boolean) => void}} options */
  constructor({ icons, onToggle }) {
    this.element = document.createElement('details');
    this.element.className = 'legend';
    this.element.open = !matchMedia('(max-width: 899px)').matches;
    const summary = document.createElement('summary');
    const arrow = toDom(
      el(
        'svg',
        { class: 'i i--14', 'aria-hidden': 'true' },
        el('use', { href: `${icons}#ui-down` }),
      ),
    );
    summary.append(gettext('Legend'), arrow);
    this.list = document.createElement('ul');
    this.element.append(summary, this.list);
    this.onToggle = onToggle;
    this.shown = '';
    /** Whether the reader has opened or closed it. */
    this.chosen = false;
    summary.addEventListener('click', () => {
      this.chosen = true;
    });
  }

  /** Opens when it covers nothing then, else closes; what the reader chose stays.
   * @param {(element: HTMLElement) => boolean} covers */
  settle(covers) {
    if (this.chosen) return;
    this.element.open = !matchMedia('(max-width: 899px)').matches;
    if (this.element.open && covers(this.element)) this.element.open = false;
  }

  /** @param {Iterable<Edge>} edges all edges, hidden ones too
   * @param {string} view @param {Set<string>} off keys that are switched off
   * @param {Iterable<import('../types.js').Node>} [nodes] */
  show(edges, view, off, nodes = []) {
    const rows = legendRows(edges, view);
    const marks = legendMarks(nodes);
    const text = JSON.stringify([rows, marks, [...off]]);
    if (text === this.shown) return;
    this.shown = text;
    this.element.hidden = rows.length + marks.length === 0;
    const focused = this.list.querySelector('button:focus')?.getAttribute('data-key');
    this.list.replaceChildren(
      ...rows.map((row) => this.#row(row, off)),
      ...marks.map((mark) => this.#mark(mark)),
    );
    if (focused)
      /** @type {HTMLElement|null} */ (this.list.querySelector(`[data-key="${focused}"]`))?.focus();
  }

  /** @param {{key: string, colour: string, text: string, count: number}} row @param {Set<string>} off */
  #row({ key, colour, text, count }, off) {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.key = key;
    button.setAttribute('aria-pressed', String(!off.has(key)));
    button.append(...this.#words({ key, colour, text, count }));
    button.addEventListener('click', () => this.onToggle(key, off.has(key)));
    const item = document.createElement('li');
    item.append(button);
    return item;
  }

  /** @param {{key: string, colour: string, text: string, count: number}} mark */
  #mark(mark) {
    const item = document.createElement('li');
    item.className = 'legend__mark';
    item.append(...this.#words(mark));
    return item;
  }

  /** @param {{key: string, colour: string, text: string, count: number}} row */
  #words({ key, colour, text, count }) {
    const sample = toDom(
      el(
        'svg',
        { class: `key c-${colour}`, viewBox: '0 0 30 14', 'aria-hidden': 'true' },
        ...legendSample(key),
      ),
    );
    const [words, number] = [document.createElement('span'), document.createElement('span')];
    words.textContent = text;
    number.textContent = String(count);
    return [sample, words, number];
  }
}
