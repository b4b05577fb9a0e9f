// @ts-check
/**
 * The edges in the DOM, keyed by edge id, and the merged paths that stand for cards and edges far
 * out. An edge's line lies below the labels of all edges. The pointer can hit an edge along its
 * halo and on its labels.
 *
 * @typedef {import('../types.js').Edge} Edge
 * @typedef {import('../types.js').Rect} Rect
 * @typedef {import('./routes.js').Route} Route
 */
import { edgeClass, edgeParts, edgePath } from './edge.js';
import { kindClass, verdictClass } from './measure.js';
import { el, r1, toDom } from './svgnode.js';

export class EdgesLayer {
  /** Lets edges pulse once, those that do already from the beginning.
   * @param {Iterable<string>} ids */
  pulse(ids) {
    for (const id of new Set(ids)) {
      const g = this.elements.get(id)?.g;
      if (!g) continue;
      clearTimeout(this.pulses.get(g));
      g.classList.remove('is-pulse');
      g.getBoundingClientRect(); // an animation begins anew only after a look at it without
      g.classList.add('is-pulse');
      const over = setTimeout(() => g.classList.remove('is-pulse'), PULSE_MS);
      this.pulses.set(g, over);
    }
  }

  /** @param {SVGElement} root */
  constructor(root) {
    this.root = root;
    /** Labels that lie above all lines. */
    this.top = toDom(el('g', { class: 'nv-edges__top' }));
    root.append(this.top);
    /** @type {Map<string, {g: SVGElement, over: SVGElement|null, edge: Edge, route: Route, detail: string}>} */
    this.elements = new Map();
    /** @type {WeakMap<SVGElement, ReturnType<typeof setTimeout>>} the end of each pulse */
    this.pulses = new WeakMap();
  }

  /**
   * Makes the layer show exactly these edges.
   * @param {Map<string, {edge: Edge, route: Route, dim: boolean}>} items
   * @param {'full'|'name'} detail
   */
  draw(items, detail) {
    for (const [id, element] of this.elements) {
      if (items.has(id)) continue;
      element.g.remove();
      element.over?.remove();
      this.elements.delete(id);
    }
    for (const [id, { edge, route, dim }] of items) {
      let element = this.elements.get(id);
      element?.g.classList.toggle('is-dim', dim);
      element?.over?.classList.toggle('is-dim', dim);
      if (element && element.edge === edge && element.route === route && element.detail === detail)
        continue;
      if (!element) {
        element = { g: toDom(el('g')), over: null, edge, route, detail };
        element.g.dataset.edge = id;
        this.root.insertBefore(element.g, this.top);
        this.elements.set(id, element);
      }
      Object.assign(element, { edge, route, detail });
      const lit = ['is-lit', 'is-dim', 'is-pulse']
        .filter((c) => element.g.classList.contains(c))
        .join(' ');
      element.g.setAttribute('class', `${edgeClass(edge, route)} ${lit}`.trim());
      element.g.classList.toggle('is-dim', dim);
      element.g.setAttribute('aria-hidden', 'true');
      const { under, over } = edgeParts(edge, route, { detail });
      element.g.replaceChildren(...under.map(toDom));
      this.#label(element, over);
    }
  }

  /** Draws an edge's labels above all lines.
   * @param {{g: SVGElement, over: SVGElement|null, edge: Edge}} element
   * @param {import('./svgnode.js').SvgNode[]} parts */
  #label(element, parts) {
    if (parts.length === 0) {
      element.over?.remove();
      element.over = null;
      return;
    }
    if (!element.over) {
      element.over = toDom(el('g'));
      element.over.dataset.edge = element.edge.id;
      element.over.setAttribute('aria-hidden', 'true');
      this.top.append(element.over);
    }
    element.over.setAttribute('class', element.g.getAttribute('class') ?? '');
    element.over.replaceChildren(...parts.map(toDom));
  }
}

/** How long an edge pulses, in ms. */
const PULSE_MS = 1500;

/** @type {Record<string, string>} */
const EDGE_VERDICTS = { allow: 'v-allow', deny: 'v-deny', own: 'v-own', dns: 'v-dns' };

/** A rectangle as a closed path with square corners.
 * @param {Rect} r */
const block = (r) => `M${r1(r.x)} ${r1(r.y)}h${r1(r.w)}v${r1(r.h)}h${-r1(r.w)}z`;

/** Cards as blocks and edges as merged lines, a handful of paths in all. */
export class FarLayer {
  /** @param {SVGElement} root */
  constructor(root) {
    this.root = root;
  }

  /**
   * @param {Iterable<{node: import('../types.js').Node, rect: Rect}>} cards
   * @param {Iterable<{edge: Edge, route: Route}>} edges
   */
  draw(cards, edges) {
    /** @type {Map<string, string[]>} */
    const paths = new Map();
    const put = (/** @type {string} */ cls, /** @type {string} */ d) => {
      const list = paths.get(cls);
      if (list) list.push(d);
      else paths.set(cls, [d]);
    };
    for (const { edge, route } of edges)
      put(`nv-far__edges ${EDGE_VERDICTS[edge.state] ?? 'v-unknown'}`, edgePath(edge, route).line);
    for (const { node, rect } of cards) {
      put(`nv-far__cards ${kindClass(node.paint)}`, block(rect));
      if (node.state === 'warn' || node.state === 'deny')
        put(
          `nv-far__marks ${verdictClass(node.state)}`,
          block({ ...rect, x: rect.x + rect.w - 28, w: 28 }),
        );
    }
    const parts = [...paths].map(([cls, d]) => toDom(el('path', { class: cls, d: d.join('') })));
    this.root.replaceChildren(...parts);
  }

  clear() {
    if (this.root.firstChild) this.root.replaceChildren();
  }
}
