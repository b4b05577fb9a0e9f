// @ts-check
/**
 * The entry of the map and of the diagram pages: one `<nv-diagram>` and, around it, whatever the
 * template has of head, tabs, drawer, table, text, search and buttons. What is missing is skipped.
 *
 * Attributes looked for: `data-nv="verdict|counters|folded|table|text|live|at"`,
 * `data-act="pause|fit|tidy|share|share-view|theme|menu|help|live"`, `data-export="svg|png|png2|json|csv|mermaid|markdown"`,
 * `data-trace="/c/demo/trace?from=ID"` on the diagram for the `t` key.
 */
import '../graph/diagram.js';
import { matching, SHORT_KINDS, valuesOf } from '../state/match.js';
import { parseQuery } from '../state/query.js';
import { formatState, opening, PUSHED, parseState } from '../state/urlstate.js';
import { Drawer } from '../view/drawer.js';
import { showCounters, showFolded, showNotes, showVerdict } from '../view/head.js';
import { keySheet, startKeys } from '../view/keys.js';
import { LiveBadge } from '../view/live-badge.js';
import { MatrixView } from '../view/matrix.js';
import { startMenus } from '../view/menu.js';
import { Palette } from '../view/palette.js';
import { TableView } from '../view/table.js';
import { chooseTab, cycleTab, startTabs } from '../view/tabs.js';
import { TextView } from '../view/text.js';
import { themeButtons } from '../view/theme.js';
import { say, toast } from '../view/toast.js';

/** @typedef {import('../graph/diagram.js').NvDiagram} NvDiagram */
/** @typedef {import('../state/urlstate.js').UrlState} UrlState */

/** @param {string} selector @returns {HTMLElement|null} */
const find = (selector) => document.querySelector(selector);

const diagram = /** @type {NvDiagram|null} */ (find('nv-diagram'));

/** Writes a change of the state to the address.
 * @param {Partial<UrlState>} change */
function write(change) {
  const search = formatState(location.search, change);
  if (search === location.search) return;
  const address = `${location.pathname}${search}${location.hash}`;
  const push = Object.keys(change).some((key) => PUSHED.has(key));
  if (push) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}

/** Starts drawer, table and text, and keeps them with the graph and the selection.
 * @param {NvDiagram} view */
function startForms(view) {
  const [aside, tableBox, textBox] = [
    find('aside.drawer'),
    find('[data-nv="table"]'),
    find('[data-nv="text"]'),
  ];
  const table = tableBox && new TableView(tableBox);
  const text = textBox && new TextView(textBox);
  const matrixBox = find('[data-nv="matrix"]');
  const matrix = matrixBox && new MatrixView(matrixBox);
  const drawer = aside && new Drawer(aside, { onClose: () => close() });
  const close = () => {
    choose('');
    view.focusCard();
  };
  const choose = (/** @type {string} */ id) => {
    view.select(id);
    const graph = view.graph;
    const node = graph?.nodes.find((n) => n.id === id) ?? null;
    const edge = graph?.edges.find((e) => e.id === id) ?? null;
    present({ id, node, edge });
  };
  const present = (
    /** @type {import('../view/drawer.js').Selection} */ selection,
    remember = true,
  ) => {
    const known = Boolean(selection.node || selection.edge);
    if (known) drawer?.show(selection);
    else drawer?.hide();
    table?.select(known ? selection.id : '');
    matrix?.select(known ? selection.id : '');
    if (remember) write({ sel: known ? selection.id : '' });
  };
  view.addEventListener('nv:select', (event) => present(/** @type {CustomEvent} */ (event).detail));
  view.addEventListener('nv:graph', (event) => {
    const { graph, changes } = /** @type {CustomEvent} */ (event).detail;
    table?.show(graph.table);
    text?.show(graph.text);
    matrix?.show(graph.detail?.matrix);
    if (changes && !changes.head.length && !changes.changed.includes(drawer?.selection?.id)) return;
    showVerdict(find('[data-nv="verdict"]'), graph);
    showCounters(find('[data-nv="counters"]'), graph);
    showFolded(find('[data-nv="folded"]'), graph);
    showNotes(find('[data-nv="notes"]'), graph);
    const id = drawer?.selection?.id;
    const node = graph.nodes.find((/** @type {import('../types.js').Node} */ n) => n.id === id);
    if (node) drawer?.show({ id: node.id, node, edge: null });
  });
  document.addEventListener('nv:pick', (event) =>
    choose(/** @type {CustomEvent} */ (event).detail.id),
  );
  return { choose, drawer };
}

/** @param {NvDiagram} view @param {(id: string) => void} choose */
function startSearch(view, choose) {
  const form = /** @type {HTMLFormElement|null} */ (find('form.search'));
  if (!form) return null;
  const all = () => ({ nodes: view.graph?.nodes ?? [], edges: view.graph?.edges ?? [] });
  return new Palette(form, {
    values: (field) => [
      ...all().nodes.flatMap((node) => valuesOf(node, field)),
      ...(field === 'kind' ? Object.keys(SHORT_KINDS) : []),
    ],
    count: (query) => {
      const found = matching(parseQuery(query).query, all()).size;
      return {
        found,
        hidden: Object.values(view.graph?.truncated ?? {}).reduce((a, b) => a + b, 0),
      };
    },
    filter: (q) => {
      view.setFilter({ q });
      write({ q });
    },
    select: (id) => {
      if (!view.graph?.nodes.some((n) => n.id === id)) return false;
      choose(id);
      return true;
    },
  });
}

/** @param {NvDiagram} view */
function startLive(view) {
  const badge = find('[data-nv="live"]');
  const live = badge && new LiveBadge(badge, find('[data-act="pause"]'));
  view.addEventListener('nv:state', (event) =>
    live?.show(/** @type {CustomEvent} */ (event).detail),
  );
  view.addEventListener('nv:say', (event) => {
    const { text, quiet } = /** @type {CustomEvent} */ (event).detail;
    if (quiet) say(text);
    else toast(text);
  });
  view.addEventListener('nv:error', (event) =>
    toast(`The drawing could not be loaded: ${/** @type {CustomEvent} */ (event).detail.message}`),
  );
  view.addEventListener('nv:gone', () =>
    toast('This object was deleted; what you see is its last known state.'),
  );
}

/** @param {NvDiagram} view */
function startButtons(view) {
  const at = (/** @type {number|null} */ rev) => {
    const banner = find('[data-nv="at"]');
    if (banner) {
      banner.hidden = rev === null;
      const slot = banner.querySelector('[data-slot="text"]');
      if (slot) slot.textContent = `Viewing revision ${rev}.`;
    }
    write({ at: rev });
    view.showAt(rev);
  };
  const actions = {
    pause: () => (view.isPaused ? view.resume() : view.pause()),
    fit: () => view.fit(),
    tidy: () => {
      if (view.tidy()) toast('Tidied.', { label: 'Undo', run: () => view.undoTidy() });
      else toast('Nothing had moved.');
    },
    share: () => share(location.href, 'Link copied, with filter and selection.'),
    'share-view': () =>
      share(
        new URL(formatState(location.search, { vp: view.look }), location.href).href,
        'Link copied, with viewport.',
      ),
    menu: () =>
      find('[data-act="menu"]')?.setAttribute(
        'aria-expanded',
        String(find('.rail')?.classList.toggle('is-open')),
      ),
    help: keySheet,
    live: () => at(null),
  };
  for (const [name, run] of Object.entries(actions))
    for (const button of document.querySelectorAll(`[data-act="${name}"]`))
      button.addEventListener('click', run);
  for (const item of document.querySelectorAll('[data-export]'))
    item.addEventListener('click', () =>
      view.exportAs(/** @type {HTMLElement} */ (item).dataset.export ?? 'svg'),
    );
  const step = (/** @type {number} */ by) => at(Math.max(1, (view.graph?.rev ?? 1) + by));
  return { ...actions, earlier: () => step(-1), later: () => step(1) };
}

/** @param {string} address @param {string} done */
async function share(address, done) {
  try {
    await navigator.clipboard.writeText(address);
    toast(done);
  } catch {
    toast(address);
  }
}

/** @param {NvDiagram} view @param {(id: string) => void} choose */
function startUrl(view, choose) {
  const apply = () => {
    const state = parseState(location.search);
    view.setFilter({ q: state.q, hide: state.hide });
    if (state.sel) choose(state.sel);
    const narrow = matchMedia('(max-width: 899px)').matches;
    const tab = find(`[role="tab"][data-view="${state.tab || (narrow ? 'table' : 'diagram')}"]`);
    if (tab) chooseTab(tab, { quiet: true });
  };
  view.addEventListener('nv:graph', apply, { once: true });
  window.addEventListener('popstate', () => {
    const state = parseState(location.search);
    view.setFilter({ q: state.q, hide: state.hide });
    choose(state.sel);
    const tab = find(`[role="tab"][data-view="${state.tab || 'diagram'}"]`);
    if (tab) chooseTab(tab, { quiet: true });
  });
  document.addEventListener('nv:tab', (event) => {
    const { view: form } = /** @type {CustomEvent} */ (event).detail;
    if (form) write({ tab: form });
  });
  view.addEventListener('nv:look', (event) => {
    if (parseState(location.search).vp) write({ vp: /** @type {CustomEvent} */ (event).detail });
  });
  view.addEventListener('nv:open', (event) => {
    const { id, node, open } = /** @type {CustomEvent} */ (event).detail;
    const { open: opened } = parseState(location.search);
    if (open && node?.open) location.assign(opening(node.open, location.search));
    else if (!open && opened.includes(id))
      location.assign(
        formatState(location.search, { open: opened.filter((o) => o !== id) }) || location.pathname,
      );
  });
  view.addEventListener('nv:trace', (event) => {
    const { id } = /** @type {CustomEvent} */ (event).detail;
    if (view.dataset.trace)
      location.assign(view.dataset.trace.replace('ID', encodeURIComponent(id)));
  });
}

/** @param {NvDiagram} view */
function start(view) {
  const { choose } = startForms(view);
  const palette = startSearch(view, choose);
  startLive(view);
  const actions = startButtons(view);
  startUrl(view, choose);
  startTabs(document);
  startMenus(document);
  themeButtons(document);
  const forms = find('[role="tab"][data-view]')?.closest('[role="tablist"]') ?? null;
  startKeys({
    drawing: (event) => view.key(event),
    actions: {
      '/': () => palette?.open(),
      v: () => cycleTab(forms),
      p: actions.pause,
      '[': actions.earlier,
      ']': actions.later,
      x: () => find('[data-menu="export"]')?.click(),
      Escape: () => choose(''),
    },
  });
}

if (diagram) start(diagram);
