// @ts-check
/**
 * The steps of a trace: one of them is looked at (`aria-current="step"`), opened, and told to who
 * draws. Going on with `j` and `k` closes what was opened on the way. A new answer from the server
 * is put in place without moving what stays, the step looked at, open ones and the focus kept.
 */

export class Steps {
  /** @param {HTMLElement} box holds `ol.steps` with `li[data-step]`
   * @param {{onChoose: (step: number) => void}} on */
  constructor(box, { onChoose }) {
    this.box = box;
    this.onChoose = onChoose;
    this.chosen = 0;
    /** @type {HTMLDetailsElement|null} opened by going through the steps */
    this.opened = null;
    box.addEventListener('click', (event) => {
      const target = /** @type {Element} */ (event.target);
      const item = target.closest('li[data-step]');
      if (item && !target.closest('a, button')) this.#set(numberOf(item));
    });
    box.addEventListener('focusin', (event) => {
      const item = /** @type {Element} */ (event.target).closest('li[data-step]');
      if (item && numberOf(item) !== this.chosen) this.#set(numberOf(item));
    });
  }

  /** Looks at a step, opening it; 0 for none.
   * @param {number} step @param {{focus?: boolean}} [how] */
  choose(step, { focus = false } = {}) {
    const item = this.#item(step);
    const details = item?.querySelector('details') ?? null;
    if (this.opened && this.opened !== details) this.opened.open = false;
    this.opened = null;
    if (details && !details.open) {
      details.open = true;
      this.opened = details;
    }
    this.#set(step);
    if (focus) item?.querySelector('summary')?.focus({ preventScroll: true });
    item?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {1|-1} by */
  move(by) {
    const reached = [...this.box.querySelectorAll('li[data-step]:has(details)')].map(numberOf);
    const at = reached.indexOf(this.chosen);
    const next = at < 0 ? (by > 0 ? 0 : reached.length - 1) : at + by;
    const step = reached[Math.max(0, Math.min(reached.length - 1, next))];
    if (step !== undefined) this.choose(step, { focus: true });
  }

  /** Puts a new list in place. @param {Element} fresh */
  renew(fresh) {
    const open = new Set(
      [...this.box.querySelectorAll('details')].flatMap((details) =>
        details.open ? [details.closest('li')?.id] : [],
      ),
    );
    const known = new Set([...this.box.querySelectorAll('li[data-step]')].map((item) => item.id));
    const focused = document.activeElement?.closest('li[data-step]')?.id;
    for (const details of fresh.querySelectorAll('details')) {
      const id = details.closest('li')?.id ?? '';
      if (known.has(id)) details.open = open.has(id);
    }
    this.box.replaceChildren(...fresh.childNodes);
    this.opened = null;
    this.#mark();
    if (focused)
      document.getElementById(focused)?.querySelector('summary')?.focus({ preventScroll: true });
  }

  /** @param {number} step */
  #set(step) {
    this.chosen = step;
    this.#mark();
    this.onChoose(step);
  }

  #mark() {
    for (const item of this.box.querySelectorAll('li[data-step]')) {
      if (numberOf(item) === this.chosen) item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
    }
  }

  /** @param {number} step */
  #item(step) {
    return this.box.querySelector(`li[data-step="${step}"]`);
  }
}

/** @param {Element} item */
const numberOf = (item) => Number(/** @type {HTMLElement} */ (item).dataset.step);
