// @ts-check
/**
 * Pan, zoom and fit, and dragging a card to another place. It owns the transform; it never draws.
 */
import { select } from 'd3-selection';
import { zoom, zoomIdentity } from 'd3-zoom';
import { SCALES } from './fit.js';

/** @typedef {import('./fit.js').Transform} Transform */

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

export class Viewport {
  /**
   * @param {SVGSVGElement} svg
   * @param {{onLook: (t: Transform) => void, onSettle: (t: Transform) => void}} on
   */
  constructor(svg, { onLook, onSettle }) {
    this.svg = svg;
    /** @type {Transform} */
    this.transform = { x: 0, y: 0, k: 1 };
    this.touched = false;
    this.zoom = zoom()
      .scaleExtent(SCALES)
      .clickDistance(4)
      .filter((event) => this.#accepts(event))
      .on('zoom', ({ transform, sourceEvent }) => {
        this.transform = { x: transform.x, y: transform.y, k: transform.k };
        if (sourceEvent) this.touched = true;
        onLook(this.transform);
      })
      .on('end', () => onSettle(this.transform));
    this.selection = select(/** @type {Element} */ (svg));
    this.selection.call(this.zoom).on('dblclick.zoom', null);
  }

  /** Size of the canvas in px. */
  size() {
    return { w: this.svg.clientWidth, h: this.svg.clientHeight };
  }

  /** @param {Transform} t @param {boolean} [animate] */
  set({ x, y, k }, animate = false) {
    const to = zoomIdentity.translate(x, y).scale(k);
    const smooth = animate && !still() && document.visibilityState === 'visible';
    if (smooth) this.#smooth().call(this.zoom.transform, to);
    else this.selection.call(this.zoom.transform, to);
  }

  /** @param {number} factor */
  zoomBy(factor) {
    this.touched = true;
    if (still()) this.selection.call(this.zoom.scaleBy, factor);
    else this.#smooth().call(this.zoom.scaleBy, factor);
  }

  /** The selection, with changes spread over 160 ms (d3-zoom brings d3-transition along).
   * @returns {any} */
  #smooth() {
    return /** @type {any} */ (this.selection).transition().duration(160);
  }

  /** Brings a rectangle of the drawing into view with the least movement.
   * @param {import('../types.js').Rect} rect */
  reveal(rect) {
    const { w, h } = this.size();
    const { x, y, k } = this.transform;
    const nudge = (
      /** @type {number} */ low,
      /** @type {number} */ high,
      /** @type {number} */ end,
    ) => (low < 0 ? -low : high > end ? Math.max(end - high, -low) : 0);
    const [left, top] = [rect.x * k + x - 24, rect.y * k + y - 44];
    const dx = nudge(left, left + rect.w * k + 48, w);
    const dy = nudge(top, top + rect.h * k + 68, h);
    if (dx || dy) this.set({ x: x + dx, y: y + dy, k }, true);
  }

  /** The wheel zooms, the primary button drags the canvas; cards and form fields keep theirs.
   * @param {any} event */
  #accepts(event) {
    if (event.type === 'wheel') return true;
    if (event.button || event.ctrlKey) return false;
    if (event.type.startsWith('touch') && event.touches?.length > 1) return true;
    return event.type.startsWith('touch') || !event.target.closest('.nv-card__link');
  }
}

/**
 * Lets cards be dragged with the primary button. A press that moves less than 4 px stays a click.
 * @param {SVGSVGElement} svg
 * @param {{scale: () => number, onDrag: (id: string, dx: number, dy: number) => void, onDrop: (id: string) => void}} on
 */
export function dragCards(svg, { scale, onDrag, onDrop }) {
  svg.addEventListener('dragstart', (event) => event.preventDefault());
  svg.addEventListener('pointerdown', (event) => {
    const link = /** @type {Element} */ (event.target).closest?.('a[data-id]');
    if (!link || event.button !== 0 || event.pointerType === 'touch') return;
    const id = link.getAttribute('data-id') ?? '';
    let [x, y, moved] = [event.clientX, event.clientY, false];
    const move = (/** @type {PointerEvent} */ e) => {
      if (!moved && Math.hypot(e.clientX - x, e.clientY - y) < 4) return;
      moved = true;
      svg.classList.add('is-dragging');
      onDrag(id, (e.clientX - x) / scale(), (e.clientY - y) / scale());
      [x, y] = [e.clientX, e.clientY];
    };
    const up = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', up);
      svg.classList.remove('is-dragging');
      if (!moved) return;
      onDrop(id);
      const swallow = (/** @type {Event} */ e) => {
        e.preventDefault();
        e.stopPropagation();
      };
      svg.addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => svg.removeEventListener('click', swallow, { capture: true }), 0);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', up);
  });
}
