// @ts-check
/** The minimap and the zoom buttons beside it: the whole drawing as blocks, the view as a frame. */
import { gettext } from '../state/words.js';
import { kindClass } from './measure.js';
import { el, r1, toDom } from './svgnode.js';

/** @typedef {import('../types.js').Rect} Rect */

export class Minimap {
  /**
   * @param {{icons: string, onZoom: (factor: number) => void, onGo: (x: number, y: number) => void}} options
   *   `onGo` gets the point of the drawing to be centred
   */
  constructor({ icons, onZoom, onGo }) {
    this.element = document.createElement('div');
    this.element.className = 'nav2d';
    const map = document.createElement('div');
    map.className = 'mini';
    map.setAttribute('role', 'img');
    map.setAttribute('aria-label', gettext('Minimap'));
    this.svg = /** @type {SVGSVGElement} */ (
      toDom(el('svg', { 'aria-hidden': 'true', preserveAspectRatio: 'xMidYMid' }))
    );
    this.blocks = toDom(el('g'));
    this.frame = toDom(el('rect', { class: 'vp', rx: 6 }));
    this.svg.append(this.blocks, this.frame);
    map.append(this.svg);
    this.output = document.createElement('output');
    this.output.setAttribute('aria-label', gettext('Zoom'));
    const zoom = document.createElement('div');
    zoom.className = 'zoom';
    this.fold = iconButton(icons, 'ui-map', gettext('Minimap'), () => {
      this.chosen = true;
      this.#open(this.element.classList.contains('is-folded'));
    });
    this.fold.classList.add('zoom__map');
    zoom.append(
      this.fold,
      iconButton(icons, 'ui-plus', gettext('Zoom in'), () => onZoom(1.25)),
      this.output,
      iconButton(icons, 'ui-minus', gettext('Zoom out'), () => onZoom(0.8)),
    );
    this.element.append(map, zoom);
    /** Whether the reader has opened or closed it. */
    this.chosen = false;
    this.width = 1;
    this.height = 1;
    this.#open(true);
    const go = (/** @type {PointerEvent} */ event) => {
      const box = this.svg.getBoundingClientRect();
      const scale = Math.max(this.width / box.width, this.height / box.height);
      const x = (event.clientX - box.x - box.width / 2) * scale + this.width / 2;
      const y = (event.clientY - box.y - box.height / 2) * scale + this.height / 2;
      onGo(x, y);
    };
    map.addEventListener('pointerdown', (event) => {
      map.setPointerCapture(event.pointerId);
      go(event);
    });
    map.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) go(event);
    });
  }

  /** Opens when it covers nothing then, else closes; what the reader chose stays.
   * @param {(element: HTMLElement) => boolean} covers */
  settle(covers) {
    if (this.chosen) return;
    this.#open(true);
    if (covers(this.element)) this.#open(false);
  }

  /** @param {boolean} open */
  #open(open) {
    this.element.classList.toggle('is-folded', !open);
    this.fold.setAttribute('aria-expanded', String(open));
  }

  /**
   * @param {import('../types.js').Layout} layout
   * @param {Map<string, import('../types.js').Node>} nodes
   */
  show(layout, nodes) {
    this.width = Math.max(1, layout.width);
    this.height = Math.max(1, layout.height);
    this.svg.setAttribute('viewBox', `0 0 ${r1(this.width)} ${r1(this.height)}`);
    /** @type {Map<string, string[]>} */
    const paths = new Map();
    for (const [id, r] of layout.cards) {
      const node = nodes.get(id);
      if (!node) continue;
      const cls = kindClass(node.paint).replace('k-', 'c-');
      const d = `M${r1(r.x)} ${r1(r.y)}h${r.w}v${r.h}h-${r.w}z`;
      const list = paths.get(cls);
      if (list) list.push(d);
      else paths.set(cls, [d]);
    }
    this.blocks.replaceChildren(
      ...[...paths].map(([cls, d]) => toDom(el('path', { class: `b ${cls}`, d: d.join('') }))),
    );
  }

  /** Follows the view. Of a drawing that is in view as a whole there is no map.
   * @param {{x: number, y: number, k: number}} t @param {{w: number, h: number}} size */
  look({ x, y, k }, { w, h }) {
    const whole = x >= -1 && y >= -1 && x + this.width * k <= w + 1 && y + this.height * k <= h + 1;
    this.element.classList.toggle('is-whole', whole);
    const [left, top] = [Math.max(0, -x / k), Math.max(0, -y / k)];
    const right = Math.min(this.width, (w - x) / k);
    const bottom = Math.min(this.height, (h - y) / k);
    const inset = Math.max(this.width / 148, this.height / 88);
    const frame = {
      x: left + inset,
      y: top + inset,
      width: Math.max(0, right - left - 2 * inset),
      height: Math.max(0, bottom - top - 2 * inset),
    };
    for (const [name, value] of Object.entries(frame))
      this.frame.setAttribute(name, String(r1(value)));
    this.frame.setAttribute('stroke-width', String(r1(inset * 1.6)));
    const text = `${Math.round(k * 100)} %`;
    if (this.output.textContent !== text) this.output.textContent = text;
  }
}

/** @param {string} icons @param {string} icon @param {string} label @param {() => void} action */
function iconButton(icons, icon, label, action) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'iconbtn';
  button.setAttribute('aria-label', label);
  button.append(
    toDom(
      el('svg', { class: 'i', 'aria-hidden': 'true' }, el('use', { href: `${icons}#${icon}` })),
    ),
  );
  button.addEventListener('click', action);
  return button;
}
