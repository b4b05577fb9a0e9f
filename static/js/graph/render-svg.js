// @ts-check
/**
 * The drawing on the page: decides, for the part in view and the zoom, which cards, edges and
 * boxes are in the DOM and in how much detail, and has the layers draw them. It holds no state of
 * the cluster; a scene comes in, pixels go out.
 *
 * Up to `SMALL` cards all links stay in the DOM, so that assistive tools and the keyboard see the
 * whole drawing, those outside of the view without what is drawn of them; above it only cards in the viewport and a margin are there, and detail is lowered
 * until the drawing fits `BUDGET` elements.
 *
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Edge} Edge
 * @typedef {import('../types.js').Rect} Rect
 * @typedef {import('../types.js').Layout} Layout
 * @typedef {import('./layer-cards.js').CardItem} CardItem
 *
 * @typedef {object} Scene
 * @property {Map<string, Node>} nodes that are not hidden
 * @property {Map<string, Edge>} edges that are not hidden
 * @property {Map<string, import('../types.js').Group>} groups
 * @property {Layout} layout
 * @property {Map<string, import('./routes.js').Route>} routes
 * @property {Map<string, {node: Node}>} ghosts
 * @property {Map<string, Rect>} ghostPlaces
 * @property {Map<string, number>} marks
 * @property {Map<string, import('../types.js').Writes>} [writes] of bins, what their latest writes came to
 * @property {string} selected
 * @property {string} active
 * @property {string[]} reading node ids in reading order
 * @property {Set<string>|null} found what was searched for; the rest is dimmed
 *
 * @typedef {{x: number, y: number, k: number}} Transform
 */
import { boxDrawing, laneHeader } from './box.js';
import { CardsLayer } from './layer-cards.js';
import { EdgesLayer, FarLayer } from './layer-edges.js';
import { ending, ZOOM_BLOCK, ZOOM_NAME } from './measure.js';
import { el, toDom } from './svgnode.js';

/** Cards up to which every link stays in the DOM. */
const SMALL = 300;
/** SVG elements a large drawing may have, and what a card or an edge takes of them. */
const BUDGET = 1300;
const COST = { full: 18, name: 10, edge: 5 };
/** How much of the viewport is drawn beyond it, on both sides together. */
const MARGIN = 0.25;
const LANE_BAND = 36;

/** @param {Rect} a @param {Rect} b */
const meets = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** @param {Scene} scene @param {string} id */
const isDim = (scene, id) => scene.found !== null && !scene.found.has(id);

export class Renderer {
  /** @param {SVGSVGElement} svg @param {string} icons */
  constructor(svg, icons) {
    this.svg = svg;
    this.icons = icons;
    const layer = (/** @type {string} */ name) => toDom(el('g', { class: name }));
    this.world = layer('nv-world');
    this.boxes = layer('nv-boxes');
    const [far, edges, cards] = [layer('nv-far'), layer('nv-edges'), layer('nv-cards')];
    this.lanes = layer('nv-lanes');
    this.world.append(this.boxes, far, edges, cards);
    this.order = { edges, cards };
    svg.append(this.world, this.lanes);
    this.cards = new CardsLayer(cards, icons);
    this.edges = new EdgesLayer(edges);
    this.far = new FarLayer(far);
    far.setAttribute('aria-hidden', 'true');
    this.boxes.setAttribute('aria-hidden', 'true');
    this.lanes.setAttribute('aria-hidden', 'true');
    /** @type {Scene|null} */
    this.scene = null;
    /** @type {Transform} */
    this.transform = { x: 0, y: 0, k: 1 };
    this.size = { w: 0, h: 0 };
    /** @type {Rect|null} the part of the drawing whose cards are in the DOM */
    this.drawn = null;
    this.detail = '';
    this.laneText = '';
  }

  /** Draws a scene; everything that changed since the last one is updated in place.
   * @param {Scene} scene */
  show(scene) {
    this.scene = scene;
    this.drawn = null;
    const tiles = scene.layout.tiles === true;
    if (tiles !== (this.world.lastChild === this.order.edges))
      this.world.append(tiles ? this.order.edges : this.order.cards);
    this.svg.setAttribute('data-layout', tiles ? 'tiles' : 'cards');
    this.#boxes(scene, this.detail === 'link');
    this.laneText = '';
    this.look(this.transform, this.size);
  }

  /**
   * Moves the view. Elements come and go only when the view leaves what is drawn.
   * @param {Transform} transform
   * @param {{w: number, h: number}} size of the canvas in px
   */
  look(transform, size) {
    const zoomed = transform.k !== this.transform.k;
    this.transform = transform;
    this.size = size;
    const { x, y, k } = transform;
    this.world.setAttribute(
      'transform',
      `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${k.toFixed(4)})`,
    );
    if (!this.scene || !size.w) return;
    const view = { x: -x / k, y: -y / k, w: size.w / k, h: size.h / k };
    const kept = this.drawn;
    const inside =
      kept &&
      view.x >= kept.x &&
      view.y >= kept.y &&
      view.x + view.w <= kept.x + kept.w &&
      view.y + view.h <= kept.y + kept.h;
    if (!inside || (zoomed && this.#wantsOtherDetail(k))) this.#draw(this.scene, view);
    this.#laneHeaders(this.scene.layout, transform);
  }

  /** Marks selection and keyboard position.
   * @param {string} selected @param {string} active */
  mark(selected, active) {
    if (!this.scene) return;
    this.scene.selected = selected;
    this.scene.active = active;
    if (active && !this.cards.elements.has(active)) {
      this.drawn = null;
      this.look(this.transform, this.size);
    }
    this.cards.mark(selected, active);
  }

  /** @param {number} k */
  #wantsOtherDetail(k) {
    return this.#zoomDetail(k) !== this.detail || (this.scene?.nodes.size ?? 0) > SMALL;
  }

  /** @param {number} k @returns {'full'|'name'|'link'} */
  #zoomDetail(k) {
    if (this.scene?.layout.tiles) return k < 0.45 ? 'name' : 'full';
    return k < ZOOM_BLOCK ? 'link' : k < ZOOM_NAME ? 'name' : 'full';
  }

  /** @param {Scene} scene @param {Rect} view */
  #draw(scene, view) {
    const [mx, my] = [(view.w * MARGIN) / 2, (view.h * MARGIN) / 2];
    const area = { x: view.x - mx, y: view.y - my, w: view.w + 2 * mx, h: view.h + 2 * my };
    const small = scene.nodes.size <= SMALL;
    /** @type {{node: Node, rect: Rect}[]} */
    const near = [];
    for (const [id, rect] of scene.layout.cards) {
      const node = meets(rect, area) ? scene.nodes.get(id) : undefined;
      if (node) near.push({ node, rect });
    }
    const edges = new Map();
    for (const [id, route] of scene.routes) {
      const edge = meets(route.bounds, area) ? scene.edges.get(id) : undefined;
      if (edge)
        edges.set(id, { edge, route, dim: isDim(scene, edge.from) || isDim(scene, edge.to) });
    }
    let detail = this.#zoomDetail(this.transform.k);
    if (!small) {
      const cost = (/** @type {number} */ each) => near.length * each + edges.size * COST.edge;
      if (detail === 'full' && cost(COST.full) > BUDGET) detail = 'name';
      if (detail === 'name' && cost(COST.name) > BUDGET) detail = 'link';
    }
    if ((detail === 'link') !== (this.detail === 'link')) this.#boxes(scene, detail === 'link');
    this.detail = detail;
    this.drawn = area;
    this.svg.setAttribute('data-detail', detail);
    this.cards.draw(this.#items(scene, near, detail, small), detail);
    if (detail === 'link') {
      this.far.draw(near, edges.values());
      this.edges.draw(new Map(), 'name');
    } else {
      this.far.clear();
      this.edges.draw(edges, detail);
    }
    this.cards.mark(scene.selected, scene.active);
  }

  /** The cards the DOM shall hold, in reading order, ghosts last.
   * @param {Scene} scene @param {{node: Node, rect: Rect}[]} near
   * @param {string} detail @param {boolean} small */
  #items(scene, near, detail, small) {
    /** @type {Map<string, CardItem>} */
    const items = new Map();
    const drawn = new Set(near.map(({ node }) => node.id));
    const put = (/** @type {string} */ id) => {
      const [node, rect] = [scene.nodes.get(id), scene.layout.cards.get(id)];
      const writes = scene.writes?.get(id);
      if (node && rect)
        items.set(id, {
          node,
          rect,
          ghost: false,
          mark: scene.marks.has(id),
          dim: isDim(scene, id),
          bare: !drawn.has(id),
          ...(writes ? { writes } : {}),
        });
    };
    if (small) scene.reading.forEach(put);
    else {
      if (detail !== 'link') for (const { node } of near) put(node.id);
      for (const id of [scene.active, scene.selected]) if (id) put(id);
    }
    for (const [id, { node }] of scene.ghosts) {
      const rect = scene.ghostPlaces.get(id);
      if (rect) items.set(id, { node, rect, ghost: true, mark: false, dim: false, bare: false });
    }
    return items;
  }

  /** @param {Scene} scene @param {boolean} bare without texts that could not be read */
  #boxes(scene, bare) {
    const parts = scene.layout.boxes.flatMap((box) => {
      const group = scene.groups.get(box.id);
      return group ? [toDom(boxDrawing(group, box, { icons: this.icons, bare }))] : [];
    });
    this.boxes.replaceChildren(...parts);
  }

  /** Lane headers in px of the screen, kept at the top while the drawing moves under them.
   * @param {Layout} layout @param {Transform} transform */
  #laneHeaders({ lanes }, { x, y, k }) {
    const pinned = y + 30 * k < 24;
    const top = pinned ? 23 : Math.round(y + 30 * k);
    const text = `${x.toFixed(1)} ${k.toFixed(3)} ${top} ${this.size.w}`;
    if (text === this.laneText || lanes.length === 0) {
      if (lanes.length === 0) this.lanes.replaceChildren();
      return;
    }
    this.laneText = text;
    const band =
      pinned && el('rect', { class: 'nv-lanes__band', width: this.size.w, height: LANE_BAND });
    const heads = lanes.map((lane, i) => {
      const following = lanes[i + 1];
      const next = following ? (following.x - lane.x) * k : lane.w * k + 60;
      const room = Math.floor((next - 28) / 8);
      return room < 3
        ? null
        : laneHeader({ ...lane, label: ending(lane.label, room) }, x + lane.x * k, top);
    });
    const parts = [band, ...heads].filter((part) => !!part);
    this.lanes.replaceChildren(
      ...parts.map((part) => toDom(/** @type {import('./svgnode.js').SvgNode} */ (part))),
    );
  }
}
