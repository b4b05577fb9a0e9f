// @ts-check
/**
 * Pan, zoom and fit, and dragging a card to another place. It owns the transform; it never draws.
 */
import { select } from 'd3-selection';
import { zoom, zoomIdentity } from 'd3-zoom';
import { SCALES } from './fit.js';

/** @typedef {import('./fit.js').Transform} Transform */

/** How long the view takes to its new place, in ms. */
const GLIDE_MS = 160;

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
        if (sourceEvent) this.#stop();
        if (sourceEvent) this.touched = true;
        onLook(this.transform);
      })
      .on('end', () => {
        if (!this.way) onSettle(this.transform);
      });
    /** @type {{to: Transform, frame: number}|null} where it is on its way to */
    this.way = null;
    this.selection = select(/** @type {Element} */ (svg));
    this.selection.call(this.zoom).on('dblclick.zoom', null);
  }

  /** Size of the canvas in px. */
  size() {
    return { w: this.svg.clientWidth, h: this.svg.clientHeight };
  }

  /** @param {Transform} t @param {boolean} [animate] */
  set(t, animate = false) {
    this.#stop();
    if (animate && !still() && document.visibilityState === 'visible') this.#glide(t);
    else this.#jump(t);
  }

  /** @param {number} factor */
  zoomBy(factor) {
    this.touched = true;
    const { w, h } = this.size();
    const { x, y, k } = this.way?.to ?? this.transform;
    const scale = Math.min(SCALES[1], Math.max(SCALES[0], k * factor));
    const at = (/** @type {number} */ middle, /** @type {number} */ start) =>
      middle - ((middle - start) * scale) / k;
    this.set({ x: at(w / 2, x), y: at(h / 2, y), k: scale }, true);
  }

  /** @param {Transform} t */
  #jump({ x, y, k }) {
    this.selection.call(this.zoom.transform, zoomIdentity.translate(x, y).scale(k));
  }

  /** Moves there in `GLIDE_MS`, slow at both ends. @param {Transform} to */
  #glide(to) {
    const from = this.transform;
    const start = performance.now();
    const step = (/** @type {number} */ now) => {
      const t = Math.min(1, Math.max(0, (now - start) / GLIDE_MS));
      const share = t * t * (3 - 2 * t);
      if (t === 1) this.way = null;
      else this.way = { to, frame: requestAnimationFrame(step) };
      const part = (/** @type {number} */ a, /** @type {number} */ b) => a + (b - a) * share;
      this.#jump(
        t === 1 ? to : { x: part(from.x, to.x), y: part(from.y, to.y), k: part(from.k, to.k) },
      );
    };
    this.way = { to, frame: requestAnimationFrame(step) };
  }

  #stop() {
    if (this.way) cancelAnimationFrame(this.way.frame);
    this.way = null;
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
