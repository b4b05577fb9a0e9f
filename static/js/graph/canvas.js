// @ts-check
/**
 * The drawing of one view and everything a reader does to it: layout, filter, selection, keyboard,
 * pan and zoom. `diagram.js` gives it graphs and hears of what was chosen.
 *
 * @typedef {import('../types.js').Graph} Graph
 * @typedef {import('../types.js').Layout} Layout
 * @typedef {import('../types.js').Point} Point
 * @typedef {import('../types.js').Rect} Rect
 *
 * @typedef {object} CanvasEvents
 * @property {(id: string) => void} onSelect a card or an edge, '' for none
 * @property {(id: string, open: boolean) => void} onOpen
 * @property {(id: string) => void} onTrace
 * @property {(filter: import('./scene.js').Filter) => void} onFilter
 * @property {(id: string) => boolean} onHide whether the page hides the card, and knows how to show it
 * @property {() => boolean} onBack whether the page showed again what it had hidden
 * @property {(t: {x: number, y: number, k: number}) => void} onLook after the view has come to rest
 */
import { EmptyNote } from './empty-note.js';
import { fitTransform } from './fit.js';
import { hover } from './hover.js';
import { layoutGraph } from './layout.js';
import { Legend } from './legend.js';
import { Minimap } from './minimap.js';
import { drawingKey, keyboard } from './nav.js';
import { Pins } from './pins.js';
import { readingOrder } from './reading.js';
import { Renderer } from './render-svg.js';
import { routeEdges } from './routes.js';
import { filtered, noFilter } from './scene.js';
import { keepPlaces } from './slots.js';
import { el, toDom } from './svgnode.js';
import { animate } from './tween.js';
import { dragCards, Viewport } from './viewport.js';

/** @type {Layout} */
const NOTHING = { cards: new Map(), boxes: [], lanes: [], width: 0, height: 0 };

/** Height in px of the strip at the bottom in which a closed legend and the zoom buttons stand. */
const FOOT = 60;
/** How far it keeps from cards, in px. */
const GAP = 8;
/** What the box of a card that was opened in place puts before the card's id. */
const OPENED = /^Open\//;

export class Canvas {
  /**
   * @param {HTMLElement} host
   * @param {{icons: string, store: import('./store.js').GraphStore, events: CanvasEvents}} options
   */
  constructor(host, { icons, store, events }) {
    this.host = host;
    this.store = store;
    this.events = events;
    this.svg = /** @type {SVGSVGElement} */ (
      toDom(el('svg', { class: 'nv', role: 'group', tabindex: '-1' }))
    );
    host.append(this.svg);
    this.renderer = new Renderer(this.svg, icons);
    this.layout = NOTHING;
    this.filter = noFilter();
    this.pins = new Pins('');
    /** What undo of Tidy brings back. @type {[Layout, Map<string, Point>]|null} */
    this.before = null;
    /** @type {Map<string, Rect>} */
    this.ghostPlaces = new Map();
    this.selected = '';
    this.active = '';
    this.isPaper = false;
    /** @type {number|undefined} where the drawing begins on the page, wherever that is scrolled */
    this.top = undefined;
    /** @type {string|null|undefined} the card that was clicked last */
    this.clicked = undefined;
    this.legend = new Legend({ icons, onToggle: (key, shown) => this.#toggle(key, shown) });
    this.minimap = new Minimap({
      icons,
      onZoom: (by) => this.viewport.zoomBy(by),
      onGo: (x, y) => this.#centre(x, y),
    });
    this.empty = new EmptyNote();
    host.append(this.legend.element, this.minimap.element, this.empty.element);
    this.viewport = new Viewport(this.svg, {
      onLook: () => this.#look(),
      onSettle: (t) => this.events.onLook(t),
    });
    new ResizeObserver(() => this.#resized()).observe(this.svg);
    this.#listen();
  }

  /** Shows the store's graph as a new view: cold layout, first view.
   * @param {string} key of the view, for pins @param {{x: number, y: number, k: number}|null} [look]
   * @param {Canvas['stand']|null} [stand] where the keyboard stood in the view before */
  open(key, look = null, stand = null) {
    const graph = this.store.graph();
    if (!graph) return;
    this.pins = new Pins(key);
    this.before = null;
    this.ghostPlaces.clear();
    this.layout = this.pins.on(layoutGraph(graph));
    this.svg.setAttribute('aria-label', graph.label);
    this.viewport.touched = look !== null;
    if (stand) this.active = this.#heir(stand);
    this.draw();
    if (look) this.viewport.set(look);
    else this.fit({ readable: true });
    if (stand?.held) this.#move(this.active);
  }

  /** Where the keyboard stands: on which card, in which box, and whether it has the focus. */
  get stand() {
    const id = this.active;
    const group = this.store.nodes.get(id)?.group ?? '';
    return { id, group, held: this.svg.contains(document.activeElement) };
  }

  /** The card to stand on in a new view: the same, the one its box was folded into, or the first of
   * the box it was unfolded into. @param {Canvas['stand']} stand */
  #heir({ id, group }) {
    const { nodes } = this.store;
    const order = [id, group.replace(OPENED, ''), ...readingOrder(this.layout)];
    const isHeir = (/** @type {string} */ each, /** @type {number} */ i) =>
      i < 2 ? nodes.has(each) : nodes.get(each)?.group?.replace(OPENED, '') === id;
    return order.find(isHeir) ?? '';
  }

  /** Shows what changed in the store; existing cards keep their places.
   * @param {import('../types.js').Changes} changes */
  update(changes) {
    const graph = this.store.graph();
    if (!graph) return;
    for (const id of changes.removed) {
      const rect = this.layout.cards.get(id);
      if (rect) this.ghostPlaces.set(id, rect);
    }
    if (changes.structure) {
      const ghosts = new Map([...this.ghostPlaces].filter(([id]) => this.store.ghosts.has(id)));
      this.layout = keepPlaces(this.layout, graph, layoutGraph(graph), ghosts);
    }
    this.svg.setAttribute('aria-label', graph.label);
    this.draw();
    const alive = [...changes.changed, ...changes.added];
    this.renderer.cards.pulse(alive);
    this.renderer.edges.pulse(alive.flatMap((id) => this.store.nodes.get(id)?.flash ?? []));
  }

  /** Draws the present state again. */
  draw() {
    const { nodes, edges, found } = filtered(this.store, this.filter);
    const reading = readingOrder(this.layout).filter((id) => nodes.has(id));
    if (!nodes.has(this.active))
      this.active = nodes.has(this.selected) ? this.selected : (reading[0] ?? '');
    this.shown = { nodes, edges, reading };
    this.renderer.show({
      nodes,
      edges,
      groups: this.store.groups,
      layout: this.layout,
      routes: routeEdges(edges.values(), this.layout, this.store.groups.values()),
      ghosts: this.store.ghosts,
      ghostPlaces: this.ghostPlaces,
      marks: this.store.marks,
      writes: this.store.writes,
      selected: this.selected,
      active: this.active,
      reading,
      found,
    });
    this.minimap.element.hidden = nodes.size === 0;
    this.empty.show(nodes.size, this.store);
    const { off } = this.filter;
    const listed = off.size
      ? filtered(this.store, { ...this.filter, off: new Set() }).edges
      : edges;
    this.legend.show(listed.values(), this.store.base?.view ?? '', off, nodes.values());
    this.minimap.show(this.layout, nodes);
    this.minimap.look(this.viewport.transform, this.viewport.size());
  }

  /** Puts the focus back on the card the keyboard stands on. */
  focus() {
    this.renderer.cards.elements.get(this.active)?.link.focus({ preventScroll: true });
  }

  /** Selects a card or an edge without telling anyone; '' for none.
   * @param {string} id @param {boolean} [reveal] */
  select(id, reveal = false) {
    this.selected = id;
    if (this.store.nodes.has(id)) this.active = id;
    this.renderer.mark(id, this.active);
    const rect = this.layout.cards.get(id);
    if (reveal && rect) this.viewport.reveal(rect);
  }

  /** @param {Partial<import('./scene.js').Filter>} change */
  setFilter(change) {
    Object.assign(this.filter, change);
    this.draw();
  }

  /** @param {{readable?: boolean, animate?: boolean}} [how] */
  fit({ readable = false, animate: smooth = false } = {}) {
    const size = this.viewport.size();
    if (!size.w || !this.layout.width) return;
    const look = this.#roomy(fitTransform(this.layout, size, { readable }), size, readable);
    this.viewport.set(look, smooth);
    if (!readable) this.viewport.touched = false;
  }

  /** A fitted view that leaves room for what floats over it, where it can.
   * @param {import('./render-svg.js').Transform} look @param {{w: number, h: number}} size
   * @param {boolean} readable */
  #roomy(look, size, readable) {
    const covered = (/** @type {import('./render-svg.js').Transform} */ at) => {
      this.minimap.look(at, size);
      const floating = [this.legend, this.minimap];
      for (const each of floating) each.settle((element) => this.#covers(element, at));
      return floating.some(({ element }) => this.#covers(element, at));
    };
    if (!covered(look)) return look;
    const above = fitTransform(this.layout, { w: size.w, h: size.h - FOOT }, { readable });
    if (!covered(above)) return above;
    covered(look);
    return look;
  }

  /** Whether what floats over the drawing would cover cards.
   * @param {HTMLElement} element @param {import('./render-svg.js').Transform} look */
  #covers(element, { x, y, k }) {
    const [box, own] = [element.getBoundingClientRect(), this.svg.getBoundingClientRect()];
    const [left, top] = [box.left - own.left - x - GAP, box.top - own.top - y - GAP];
    const [right, bottom] = [left + box.width + 2 * GAP, top + box.height + 2 * GAP];
    return [...this.layout.cards.values()].some(
      (card) =>
        card.x * k < right &&
        left < (card.x + card.w) * k &&
        card.y * k < bottom &&
        top < (card.y + card.h) * k,
    );
  }

  /** Draws the whole, to scale with what it is drawn on, or what is looked at again.
   * @param {boolean} isPaper */
  paper(isPaper) {
    const { width: w, height: h } = this.layout;
    this.isPaper = isPaper && w > 0;
    if (this.isPaper) {
      this.svg.setAttribute('viewBox', `0 0 ${w} ${h}`);
      this.renderer.look({ x: 0, y: 0, k: 1 }, { w, h });
    } else {
      this.svg.removeAttribute('viewBox');
      this.renderer.look(this.viewport.transform, this.viewport.size());
    }
  }

  /** Lays the view out anew; `undoTidy` brings the old places back.
   * @returns {boolean} whether anything moved */
  tidy() {
    const graph = this.store.graph();
    if (!graph) return false;
    const from = this.layout;
    const to = layoutGraph(graph);
    this.before = [{ ...from, cards: new Map(from.cards) }, new Map(this.pins.places)];
    this.pins.clear();
    this.ghostPlaces.clear();
    const moved = [...to.cards].some(
      ([id, r]) => r.x !== from.cards.get(id)?.x || r.y !== from.cards.get(id)?.y,
    );
    animate(from, to, (layout) => this.#place(layout));
    return moved;
  }

  undoTidy() {
    if (!this.before) return;
    const [to, pins] = this.before;
    this.before = null;
    for (const [id, place] of pins) this.pins.put(id, place);
    const graph = this.store.graph();
    if (graph)
      animate(this.layout, keepPlaces(to, graph, layoutGraph(graph)), (layout) =>
        this.#place(layout),
      );
  }

  /** Forgets what the store has let go of. */
  expire() {
    for (const id of this.ghostPlaces.keys())
      if (!this.store.ghosts.has(id)) this.ghostPlaces.delete(id);
    this.draw();
  }

  /** The graph and the layout an export draws: what is not hidden, laid out as a fresh load would,
   * with the reader's pins. One address gives one picture, whatever happened while it was open.
   * @returns {{graph: Graph, layout: Layout}|null} */
  picture() {
    const graph = this.store.graph();
    if (!graph) return null;
    const { nodes, edges } = filtered(this.store, this.filter);
    const shown = { ...graph, nodes: [...nodes.values()], edges: [...edges.values()] };
    return { graph: shown, layout: this.pins.on(layoutGraph(shown)) };
  }

  /** A key pressed anywhere on the page. @param {KeyboardEvent} event */
  key(event) {
    return drawingKey(event, this.actions);
  }

  /** @type {import('./nav.js').NavActions} */
  get actions() {
    return {
      chosen: () => (this.shown?.nodes.has(this.selected) ? this.selected : ''),
      cards: () => new Map([...this.layout.cards].filter(([id]) => this.shown?.nodes.has(id))),
      reading: () => this.shown?.reading ?? [],
      move: (id) => this.#move(id),
      select: (id) => this.#choose(id),
      expand: (id, open) => this.events.onOpen(id, open),
      neighbours: (id) => this.#change({ around: this.filter.around === id ? '' : id }),
      hide: (id) => this.#hide(id),
      trace: (id) => this.events.onTrace(id),
      fit: () => this.fit({ animate: true }),
      zoomBy: (factor) => this.viewport.zoomBy(factor),
      reset: () => this.viewport.zoomBy(1 / this.viewport.transform.k),
      back: () => this.#back(),
    };
  }

  #listen() {
    keyboard(this.svg, this.actions);
    this.light = hover(this.svg, { edges: () => this.shown?.edges.values() ?? [] });
    this.svg.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      const target = /** @type {Element} */ (event.target);
      const card = target.closest('a[data-id]')?.getAttribute('data-id');
      const edge = target.closest('[data-edge]')?.getAttribute('data-edge');
      if (event.detail < 2) this.clicked = card;
      if (card) event.preventDefault();
      if (card || edge) this.#choose(card ?? edge ?? '');
    });
    // the card of its first click: what that opens may move the page below the second
    this.svg.addEventListener('dblclick', () => {
      if (this.clicked) this.events.onOpen(this.clicked, true);
    });
    dragCards(this.svg, {
      scale: () => this.viewport.transform.k,
      onDrag: (id, dx, dy) => {
        const rect = this.layout.cards.get(id);
        if (!rect) return;
        this.layout.cards.set(id, { ...rect, x: rect.x + dx, y: rect.y + dy });
        this.#dragged(id);
      },
      onDrop: (id) => {
        const rect = this.layout.cards.get(id);
        if (rect) this.pins.put(id, [Math.round(rect.x), Math.round(rect.y)]);
        this.draw();
      },
    });
  }

  /** Redraws a card on its way and the edges that end at it; the drop draws everything.
   * @param {string} id */
  #dragged(id) {
    if (this.moving) return;
    this.moving = requestAnimationFrame(() => {
      this.moving = 0;
      const scene = this.renderer.scene;
      if (!scene) return;
      const own = [...scene.edges.values()].filter((e) => e.from === id || e.to === id);
      for (const [key, route] of routeEdges(own, this.layout, this.store.groups.values()))
        scene.routes.set(key, route);
      this.renderer.show(scene);
    });
  }

  /** @param {Layout} layout */
  #place(layout) {
    this.layout = layout;
    this.draw();
  }

  /** @param {string} id */
  #choose(id) {
    this.viewport.touched = true; // a drawer that opens moves nothing from under the pointer
    this.select(id);
    this.events.onSelect(id);
  }

  /** @param {string} id */
  #move(id) {
    if (!id) return;
    this.active = id;
    this.renderer.mark(this.selected, id);
    this.#reveal(id);
    const link = /** @type {SVGElement|undefined} */ (this.renderer.cards.elements.get(id)?.link);
    if (link && document.activeElement !== link) link.focus({ preventScroll: true });
  }

  /** @param {string} id */
  #hide(id) {
    const order = this.shown?.reading ?? [];
    const next = order[order.indexOf(id) + 1] ?? order[order.indexOf(id) - 1] ?? '';
    if (!this.events.onHide(id)) this.#change({ hidden: new Set([...this.filter.hidden, id]) });
    this.#move(next);
  }

  #back() {
    const isTaken = this.events.onBack();
    if (this.filter.around || this.filter.hidden.size > 0) {
      this.#change({ around: '', hidden: new Set() });
      return true;
    }
    if (isTaken) return true;
    if (!this.selected) return false;
    this.#choose('');
    return true;
  }

  /** @param {Partial<import('./scene.js').Filter>} change */
  #change(change) {
    this.setFilter(change);
    this.events.onFilter(this.filter);
  }

  /** @param {string} key @param {boolean} shown */
  #toggle(key, shown) {
    const off = new Set(this.filter.off);
    if (shown) off.delete(key);
    else off.add(key);
    this.#change({ off });
  }

  /** @param {number} x @param {number} y */
  #centre(x, y) {
    const { w, h } = this.viewport.size();
    const { k } = this.viewport.transform;
    this.viewport.set({ x: w / 2 - x * k, y: h / 2 - y * k, k });
  }

  #look() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.isPaper) return;
      const size = this.viewport.size();
      this.renderer.look(this.viewport.transform, size);
      this.minimap.look(this.viewport.transform, size);
    });
  }

  /** @param {string} id */
  #reveal(id) {
    const rect = this.layout.cards.get(id);
    if (rect) this.viewport.reveal(rect);
  }

  /** A view that nobody touched is fitted again; another stays where it is on the screen, but for
   * the least movement that keeps what is selected in sight. */
  #resized() {
    if (this.isPaper) return;
    const scrolled = this.svg.closest('main')?.scrollTop ?? 0;
    const top = this.svg.getBoundingClientRect().top + scrolled;
    const { x, y, k } = this.viewport.transform;
    if (!this.viewport.touched) {
      if (this.layout.width) this.fit({ readable: true });
    } else {
      if (top !== this.top) this.viewport.set({ x, y: y - (top - (this.top ?? top)), k });
      this.#reveal(this.selected);
    }
    this.top = top;
    this.#look();
  }
}
