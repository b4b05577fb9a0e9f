// @ts-check
/**
 * `<nv-diagram>`: one view of a cluster, drawn and kept live.
 *
 *     <nv-diagram data-src="/c/demo/graph/map?lvl=L1" data-ws="/ws/c/demo/graph?view=map&lvl=L1"
 *                 data-icons="/static/icons/icons.svg" data-graph="graph-json" data-at=""></nv-diagram>
 *
 * - `data-src`: address of the graph JSON (docs/graph.md); exactly the graph that is drawn.
 * - `data-ws`: address of the socket; without it the view is a read-only snapshot.
 * - `data-later`: address of the socket of a view at a revision, for when it is live again.
 * - `data-icons`: address of the sprite; leave it out when the page inlines the sprite.
 * - `data-graph`: id of a `json_script` element with the same graph, to save the first request.
 * - `data-vp`: "x,y,k", the viewport of a shared link.
 *
 * Events (they bubble): `nv:select` {id, node, edge}, `nv:open` {id, node, open}, `nv:trace`
 * {id, node}, `nv:graph` {graph, changes}, `nv:state` (LiveState), `nv:filter` (Filter),
 * `nv:hide` {id, node} and `nv:back` {} (who hides and shows cards by other means cancels them),
 * `nv:look` {x, y, k}, `nv:say` {text} (a short account of what changed), `nv:gone` {rev},
 * `nv:error` {message}.
 */
import { untilLoaded } from '../live/module.js';
import { Teller } from '../live/teller.js';
import { parseState } from '../state/urlstate.js';
import { gettext } from '../state/words.js';
import { Canvas } from './canvas.js';
import { GraphStore, summary } from './store.js';

/** @typedef {import('../types.js').Graph} Graph */
/** @typedef {import('../types.js').Delta} Delta */

/** How exactly ghosts and dots end when they are to, in ms. */
const EXPIRE_EVERY_MS = 250;

export class NvDiagram extends HTMLElement {
  connectedCallback() {
    if (this.canvas) return;
    this.store = new GraphStore();
    this.canvas = new Canvas(this, {
      icons: this.dataset.icons ?? '',
      store: this.store,
      events: {
        onSelect: (id) => this.#emit('nv:select', this.#object(id)),
        onOpen: (id, open) => this.#emit('nv:open', { ...this.#object(id), open }),
        onTrace: (id) => this.#emit('nv:trace', this.#object(id)),
        onFilter: (filter) => this.#emit('nv:filter', filter),
        onHide: (id) => this.#emit('nv:hide', this.#object(id)),
        onBack: () => this.#emit('nv:back', {}),
        onLook: (look) => this.#emit('nv:look', look),
      },
    });
    this.turn = 0;
    this.teller = new Teller();
    this.expiry = setInterval(() => this.#expire(), EXPIRE_EVERY_MS);
    this.#first();
    setTimeout(async () => {
      const { describeCards } = await untilLoaded(() => import('./card-edges.js'));
      describeCards(this);
    }, 900);
  }

  disconnectedCallback() {
    clearInterval(this.expiry);
    this.socket?.stop();
  }

  /** The graph shown, or null before the first. @returns {Graph|null} */
  get graph() {
    return this.store?.graph() ?? null;
  }

  /** Selects a card or an edge and, unless told not to, brings it into view; '' for none.
   * @param {string} id @param {boolean} [reveal] */
  select(id, reveal = true) {
    this.canvas?.select(id, reveal);
  }

  /** Holds edges lit, with the cards at their ends; none lets go of them.
   * @param {Iterable<string>} ids */
  light(ids) {
    this.canvas?.light?.(ids);
  }

  /** Puts the focus back into the drawing. */
  focusCard() {
    this.canvas?.focus();
  }

  /** Shows the whole drawing. */
  fit() {
    this.canvas?.fit({ animate: true });
  }

  /** Lays the drawing out anew. @returns {boolean} whether anything moved */
  tidy() {
    return this.canvas?.tidy() ?? false;
  }

  undoTidy() {
    this.canvas?.undoTidy();
  }

  /** @param {number} factor */
  zoomBy(factor) {
    this.canvas?.viewport.zoomBy(factor);
  }

  /** Where the reader looks: {x, y, k}. */
  get look() {
    return this.canvas?.viewport.transform ?? { x: 0, y: 0, k: 1 };
  }

  /** Holds changes back. */
  pause() {
    this.socket?.pause();
  }

  /** Applies what waited, as one change. */
  resume() {
    this.resuming = true;
    this.socket?.resume();
    // A line that broke meanwhile brings a whole picture, a moment later.
    this.resuming = this.socket?.asked ?? false;
  }

  get isPaused() {
    return this.socket?.paused ?? false;
  }

  /** @param {{q?: string, hide?: string}} filter */
  setFilter(filter) {
    this.canvas?.setFilter(filter);
  }

  /**
   * Shows the view with other parameters of its address; '' takes one away. Cards stay where they
   * are, unless `anew` asks for a cold layout; where the reader looks stays in both.
   * @param {Record<string, string>} params such as {at: '8123'} or {grp: 'zone'}
   * @param {{anew?: boolean}} [how]
   * @returns {Promise<boolean>} whether it could be drawn
   */
  async change(params, { anew = false } = {}) {
    this.turn = (this.turn ?? 0) + 1;
    const { turn } = this;
    const src = addressWith(this.dataset.src ?? '', params);
    const graph = await this.#fetch(src);
    if (!graph || turn !== this.turn) return false;
    this.dataset.src = src;
    const { at = '', ...others } = params;
    const ws = this.dataset.ws ?? this.dataset.later;
    if (ws) this.dataset.ws = addressWith(ws, others);
    if (anew) this.#anew(graph);
    else this.#take(graph);
    this.#line(at || new URL(src, location.href).searchParams.get('at') || '');
    return true;
  }

  /**
   * Shows the view at a revision, or live again for null.
   * @param {number|null} rev @returns {Promise<boolean>} whether it could be drawn
   */
  showAt(rev) {
    return this.change({ at: rev === null ? '' : String(rev) });
  }

  /** Opens a line for the view as it is now; none for a revision that is over.
   * @param {string} at */
  #line(at) {
    this.socket?.stop();
    this.socket = undefined;
    if (this.dataset.ws && !at) this.#connect();
    else this.#emit('nv:state', this.#still());
  }

  /** The state of a view without a line. */
  #still() {
    const rev = this.store?.rev ?? 0;
    return { state: 'snapshot', text: gettext('read-only snapshot'), rev, stale: false };
  }

  /** Draws a graph with a cold layout, where the reader looks. @param {Graph} graph */
  #anew(graph) {
    const { store, canvas } = this;
    if (!store || !canvas) return;
    const { look } = this;
    const { stand } = canvas;
    store.load(graph);
    canvas.open(viewKey(graph), look, stand);
    this.#emit('nv:graph', { graph, changes: null });
  }

  /**
   * Downloads the view: 'svg', 'png', 'png2', 'json', 'csv', 'mermaid' or 'markdown'.
   * @param {string} kind
   */
  async exportAs(kind) {
    const picture = this.canvas?.picture();
    if (!picture) return;
    const { download } = await import('./download.js');
    await download(kind, picture, {
      icons: this.dataset.icons ?? '',
      url: location.href,
      shown: /** @type {Graph} */ (this.graph),
      whole: () => this.#fetch(addressWith(this.dataset.src ?? '', { rows: 'all' })),
      filter: this.canvas?.filter ?? { q: '', hide: '' },
    });
  }

  /** A key pressed anywhere on the page.
   * @param {KeyboardEvent} event @returns {boolean} whether it meant something to the drawing */
  key(event) {
    return this.canvas?.key(event) ?? false;
  }

  async #first() {
    // Those who listen are there only after this module has been read.
    await null;
    const inline = this.dataset.graph
      ? document.getElementById(this.dataset.graph)?.textContent
      : null;
    const graph = inline ? JSON.parse(inline) : await this.#fetch(this.dataset.src ?? '');
    try {
      if (graph) this.#take(graph);
    } catch (error) {
      this.store?.clear();
      this.#emit('nv:error', { message: error instanceof Error ? error.message : String(error) });
      return;
    }
    this.#line(new URL(this.dataset.src ?? '', location.href).searchParams.get('at') ?? '');
  }

  /** @param {string} url @returns {Promise<Graph|null>} */
  async #fetch(url) {
    try {
      const response = await fetch(url, { headers: { Accept: 'application/json' } });
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      return await response.json();
    } catch (error) {
      this.#emit('nv:error', { message: error instanceof Error ? error.message : String(error) });
      return null;
    }
  }

  /** Opens the line of the view as it is; the picture does not wait for it. */
  async #connect() {
    const { turn } = this;
    const { LiveSocket } = await untilLoaded(() => import('../live/socket.js'));
    if (turn !== this.turn || this.socket || !this.isConnected) return;
    const url = new URL(this.dataset.ws ?? '', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new LiveSocket(url.href);
    this.socket = socket;
    const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ run) =>
      socket.addEventListener(type, (event) => run(/** @type {CustomEvent} */ (event).detail));
    on('snapshot', ({ graph }) => {
      this.#take(graph);
      this.resuming = false;
    });
    on('delta', ({ delta }) => this.#apply(delta));
    on('rev', ({ rev, time }) => this.store?.advance(rev, time));
    on('gone', (detail) => this.#emit('nv:gone', detail));
    on('state', (detail) => {
      this.classList.toggle('is-stale', detail.stale);
      this.#emit('nv:state', detail);
    });
    socket.start(this.store?.rev ?? 0, this.store?.base?.time);
  }

  /** Takes a whole graph: merged in when it is of the same view, else shown anew.
   * @param {Graph} graph */
  #take(graph) {
    const { store, canvas } = this;
    if (!store || !canvas) return;
    const shown = store.base;
    if (shown && viewKey(shown) === viewKey(graph)) {
      const { delta, changes } = store.merge(graph, Date.now());
      if (changes.any) this.#changed(delta, changes);
      return;
    }
    store.load(graph);
    const look = shown ? null : parseState(`?vp=${this.dataset.vp ?? ''}`).vp;
    canvas.open(viewKey(graph), look);
    this.#emit('nv:graph', { graph, changes: null });
  }

  /** @param {Delta} delta */
  #apply(delta) {
    const { store } = this;
    if (!store?.base) return;
    if (store.check(delta) === 'gap') return this.socket?.resync();
    const changes = store.apply(delta, Date.now());
    if (changes.any) this.#changed(delta, changes);
  }

  /** @param {Delta} delta @param {import('../types.js').Changes} changes */
  #changed(delta, changes) {
    const { canvas } = this;
    if (!canvas) return;
    canvas.update(changes);
    this.#emit('nv:graph', { graph: this.graph, changes });
    if (changes.removed.includes(canvas.selected))
      this.#emit('nv:select', this.#object(canvas.selected));
    if (this.resuming) this.#emit('nv:say', { text: summary(delta) });
    else this.teller?.note(delta);
    this.#say();
  }

  #say() {
    const text = this.teller?.say(Date.now());
    if (text) this.#emit('nv:say', { text, quiet: true });
  }

  #expire() {
    const { ghosts, marks } = this.store?.expire(Date.now()) ?? { ghosts: [], marks: [] };
    if (ghosts.length + marks.length > 0) this.canvas?.expire();
    this.#say();
  }

  /** @param {string} id */
  #object(id) {
    return { id, node: this.store?.nodes.get(id) ?? null, edge: this.store?.edges.get(id) ?? null };
  }

  /** @param {string} type @param {object} detail @returns {boolean} whether it was cancelled */
  #emit(type, detail) {
    const event = new CustomEvent(type, { detail, bubbles: true, cancelable: true });
    return !this.dispatchEvent(event);
  }
}

/** An address with some parameters changed.
 * @param {string} address @param {Record<string, string>} params '' takes one away */
function addressWith(address, params) {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(params)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return `${url.pathname}${url.search}`;
}

/** What makes two graphs the same view.
 * @param {Graph} graph */
function viewKey({ cluster, view, level, layout, scope, options }) {
  const chosen = (options ?? []).filter((o) => o.value).map((o) => `${o.name}=${o.value}`);
  const of = [scope?.kind, scope?.namespace, scope?.name];
  return [cluster, view, level, layout, ...of, ...chosen].join('|');
}

if (!customElements.get('nv-diagram')) customElements.define('nv-diagram', NvDiagram);
