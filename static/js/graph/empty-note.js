// @ts-check
/** What the canvas says when it shows no card: the verdict and its reason, or that all is hidden. */
import { gettext } from '../state/words.js';

export class EmptyNote {
  constructor() {
    this.element = document.createElement('p');
    this.element.className = 'canvas__empty';
    this.element.hidden = true;
  }

  /**
   * @param {number} shown how many cards are drawn
   * @param {import('./store.js').GraphStore} store
   */
  show(shown, store) {
    this.element.hidden = shown > 0;
    if (shown > 0) return;
    const filtered = store.nodes.size > 0;
    const verdict = store.base?.verdict;
    this.#say(
      filtered
        ? gettext('Everything is hidden by the filter.')
        : (verdict?.text ?? store.base?.title ?? ''),
      filtered ? gettext('Esc shows all again.') : (verdict?.why ?? ''),
    );
  }

  /** @param {string} text @param {string} why */
  #say(text, why) {
    const [head, line] = [document.createElement('b'), document.createElement('span')];
    head.textContent = text;
    line.textContent = why;
    this.element.replaceChildren(head, line);
  }
}
