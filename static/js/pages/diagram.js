// @ts-check
/**
 * The entry of the map and of the diagram pages: one `<nv-diagram>` and, around it, whatever the
 * template has of head, tabs, drawer, table, text, search and buttons. What is missing is skipped.
 *
 * Attributes looked for: `data-nv="verdict|counters|folded|match|table|text|live|at|time"`,
 * `data-act="pause|fit|tidy|share|share-view|theme|menu|help|live|time|table"`, `data-export="svg|png|png2|json|csv|mermaid|markdown"`,
 * `data-trace="/c/demo/trace?from=ID"` on the diagram for the `t` key.
 */
import '../graph/diagram.js';
import { shownTable } from '../graph/scene.js';
import { nameOf, objectId } from '../state/ids.js';
import { matching, SHORT_KINDS, valuesOf } from '../state/match.js';
import { parseQuery } from '../state/query.js';
import { formatState, unfolded } from '../state/urlstate.js';
import { gettext } from '../state/words.js';
import { Drawer } from '../view/drawer.js';
import { showCounters, showFolded, showNotes, showVerdict } from '../view/head.js';
import { whenIdle } from '../view/idle.js';
import { keySheet, startKeys } from '../view/keys.js';
import { LiveBadge } from '../view/live-badge.js';
import { startMenus } from '../view/menu.js';
import { place, write } from '../view/place.js';
import { startSearchBox } from '../view/search-box.js';
import { TableView } from '../view/table.js';
import { chooseTab, cycleTab, startTabs } from '../view/tabs.js';
import { TextView } from '../view/text.js';
import { themeButtons } from '../view/theme.js';
import { say, toast } from '../view/toast.js';

/** @typedef {import('../graph/diagram.js').NvDiagram} NvDiagram */

/** @param {string} selector @returns {HTMLElement|null} */
const find = (selector) => document.querySelector(selector);

const diagram = /** @type {NvDiagram|null} */ (find('nv-diagram'));

/** Where the rows of a long table are; loaded where there is one.
 * @param {import('../types.js').Graph} graph */
async function showRows({ listed }) {
  const pager = find('[data-nv="rows"]');
  if (!pager || (!listed && pager.hidden)) return;
  (await import('../view/row-pages.js')).showRowPages(pager, listed);
}

/** The address of the trace of an edge's ends, where the view knows it; of a fold, of its first.
 * @param {import('../types.js').Matrix|undefined} matrix @param {string} edge */
const traceOf = (matrix, edge) =>
  matrix?.rows.flatMap((row) => row.cells).find((cell) => edge && cell.edge === edge)?.trace ?? '';

/** What the ends of an edge are called on their cards and boxes.
 * @param {import('../types.js').Graph|null} graph @param {import('../types.js').Edge|null} edge */
const endsOf = (graph, edge) =>
  [edge?.from ?? '', edge?.to ?? ''].map(
    (id) => graph?.nodes.find((node) => node.id === id)?.name ?? nameOf(id),
  );

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
  /** @type {import('../view/matrix.js').MatrixView|null} of a policy's page alone */
  let matrix = null;
  if (matrixBox)
    import('../view/matrix.js').then(({ MatrixView }) => {
      matrix = new MatrixView(matrixBox);
      matrix.show(view.graph?.detail?.matrix);
      matrix.select(drawer?.selection?.id ?? '');
    });
  const drawer = aside && new Drawer(aside, { onClose: () => close() });
  const close = () => {
    choose('');
    view.focusCard();
  };
  const choose = (/** @type {string} */ id, trace = '', /** @type {any} */ pair = undefined) => {
    view.select(id);
    const graph = view.graph;
    const node = graph?.nodes.find((n) => n.id === id) ?? null;
    const edge = graph?.edges.find((e) => e.id === id) ?? null;
    present({ id, node, edge: edge && { ...edge, ...pair?.edge }, trace, ends: pair?.ends });
  };
  const present = (
    /** @type {import('../view/drawer.js').Selection} */ selection,
    remember = true,
  ) => {
    const known = Boolean(selection.node || selection.edge);
    const trace = selection.trace || traceOf(view.graph?.detail?.matrix, selection.id);
    if (known)
      drawer?.show({
        ...selection,
        trace,
        ends: selection.ends ?? endsOf(view.graph, selection.edge),
        between: [selection.edge?.from, selection.edge?.to].map((end) =>
          view.graph?.nodes.find((each) => each.id === end),
        ),
      });
    else {
      const held = aside?.contains(document.activeElement);
      drawer?.hide();
      if (held) view.focusCard();
    }
    const drills = find('.drawer [data-drills]');
    if (drills)
      loadDrills().then(({ showDrills }) => showDrills(drills, selection.node?.href ?? ''));
    table?.select(known ? selection.id : '');
    matrix?.select(known ? selection.id : '');
    if (remember) write({ sel: known ? selection.id : '' });
  };
  view.addEventListener('nv:select', (event) => present(/** @type {CustomEvent} */ (event).detail));
  view.addEventListener('nv:graph', (event) => {
    const { graph, changes } = /** @type {CustomEvent} */ (event).detail;
    table?.show(shownTable(graph, place()));
    showRows(graph);
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
  if (drawer) import('../view/diagram-head.js').then(({ startHead }) => startHead(view, drawer));
  document.addEventListener('nv:pick', (event) => {
    const { id, trace, pair } = /** @type {CustomEvent} */ (event).detail;
    choose(id, trace, pair);
  });
  const refilter = () => {
    if (view.graph) table?.show(shownTable(view.graph, place()));
  };
  return { choose, drawer, refilter };
}

/**
 * The search box; it and its commands are loaded when the page is idle, or when it is first used.
 * @param {NvDiagram} view @param {(id: string) => void} choose @param {(q: string) => void} filter
 */
function startSearch(view, choose, filter) {
  const all = () => ({ nodes: view.graph?.nodes ?? [], edges: view.graph?.edges ?? [] });
  const values = (/** @type {string} */ field) => [
    ...all().nodes.flatMap((node) => valuesOf(node, field)),
    ...(field === 'kind' ? Object.keys(SHORT_KINDS) : []),
  ];
  find('[data-filter]')?.addEventListener(
    'toggle',
    async () => {
      const { QueryBox } = await import('../view/query-box.js');
      for (const input of document.querySelectorAll('input[data-query="drawing"]'))
        if (input instanceof HTMLInputElement) new QueryBox(input, values);
    },
    { once: true },
  );
  const form = /** @type {HTMLFormElement|null} */ (find('form.search'));
  if (!form) return null;
  /** @type {() => import('../state/commands.js').Command[]} */
  let commands = () => [];
  const options = {
    values,
    count: (/** @type {string} */ query) => ({
      found: matching(parseQuery(query).query, all()).size,
    }),
    filter,
    commands: () => commands(),
    select: (/** @type {string} */ id) => {
      if (!view.graph?.nodes.some((n) => n.id === id)) return false;
      choose(id);
      return true;
    },
  };
  return startSearchBox(form, options, async () => {
    commands = (await import('../view/drawing-commands.js')).drawingCommands;
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
  view.addEventListener('nv:error', (event) => {
    const { message } = /** @type {CustomEvent} */ (event).detail;
    if (view.graph) toast(gettext('The drawing could not be loaded: %(message)s', { message }));
    else import('../view/fault.js').then(({ showFault }) => showFault(view, message));
  });
  view.addEventListener('nv:gone', () =>
    toast(gettext('This object was deleted; what you see is its last known state.')),
  );
}

/** @param {NvDiagram} view */
function startButtons(view) {
  const bar = find('[data-nv="time"]');
  /** @type {Promise<import('../view/time-slider.js').TimeSlider>|null} made when first asked for */
  let making = null;
  const slider = async () => {
    making ??= import('../view/time-slider.js').then(
      ({ TimeSlider }) =>
        new TimeSlider(/** @type {HTMLElement} */ (bar), (rev, time) => at(rev, time)),
    );
    return making;
  };
  const at = async (/** @type {number|null} */ rev, time = '') => {
    if (!(await view.showAt(rev))) {
      if (making) (await making).stand(place().at);
      return;
    }
    write({ at: rev });
    const { showAtBanner } = await import('../view/time-slider.js');
    showAtBanner(rev, time || view.graph?.time);
    if (making) (await making).stand(rev);
  };
  const actions = {
    pause: () => (view.isPaused ? view.resume() : view.pause()),
    fit: () => view.fit(),
    tidy: () => {
      if (view.tidy())
        toast(gettext('Tidied.'), { label: gettext('Undo'), run: () => view.undoTidy() });
      else toast(gettext('Nothing had moved.'));
    },
    share: () => share(location.href, gettext('Link copied, with filter and selection.')),
    'share-view': () =>
      share(
        new URL(formatState(location.search, { vp: view.look }), location.href).href,
        gettext('Link copied, with viewport.'),
      ),
    menu: () =>
      find('[data-act="menu"]')?.setAttribute(
        'aria-expanded',
        String(find('.rail')?.classList.toggle('is-open')),
      ),
    help: keySheet,
    live: () => at(null),
    table: () => find('[role="tab"][data-view="table"]')?.click(),
    time: async () => {
      const open = await (await slider()).toggle(place().at);
      find('[data-act="time"]')?.setAttribute('aria-expanded', String(Boolean(open)));
    },
  };
  for (const [name, run] of Object.entries(actions))
    for (const button of document.querySelectorAll(`[data-act="${name}"]`))
      button.addEventListener('click', (event) => {
        event.preventDefault();
        run();
      });
  for (const item of document.querySelectorAll('[data-export]'))
    item.addEventListener('click', () =>
      view.exportAs(/** @type {HTMLElement} */ (item).dataset.export ?? 'svg'),
    );
  const step = async (/** @type {number} */ by) => {
    const found = await slider();
    found.at = place().at;
    await found.step(by);
  };
  return { ...actions, at, earlier: () => step(-1), later: () => step(1) };
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

/**
 * Keeps drawing and address together.
 * @param {NvDiagram} view
 * @param {{choose: (id: string) => void, refilter: () => void, at: (rev: number|null) => void}} on
 */
function startUrl(view, { choose, refilter, at }) {
  let shown = place();
  const search = /** @type {HTMLFormElement|null} */ (find('form.search'))?.dataset.search ?? '';
  const box = find('[data-nv="match"]');
  /** @type {Promise<import('../view/match-banner.js').MatchBanner>|null} */
  let making = null;
  const banner = (/** @type {HTMLElement} */ at) => {
    making ??= import('../view/match-banner.js').then(
      ({ MatchBanner }) =>
        new MatchBanner(at, {
          search,
          base: search.replace(/search$/, 'map'),
          expand: (id) => expand([...place().open, id]),
          filter: (q) => filter(q),
          omit: (hide) => omit(hide),
          graph: () => view.graph,
        }),
    );
    return making;
  };
  const tell = async () => {
    const state = place();
    if (box && (state.q || state.hide || making))
      (await banner(box)).show(state, view.dataset.src ?? '');
  };
  const filter = (/** @type {string} */ q) => {
    write({ q });
    shown = place();
    look(q);
  };
  /** Lights what is looked for. A folded view is drawn anew, so that it folds that last; of a
   * table that is here in part the server looks through the whole. */
  const look = async (/** @type {string} */ q) => {
    const { hide } = place();
    view.setFilter({ q, hide });
    refilter();
    showFilter(q, hide);
    const { folded, listed, sifted } = view.graph ?? {};
    const broken = parseQuery(q).errors.length || parseQuery(hide).errors.length;
    if ((folded || listed || sifted) && !broken)
      await view.change({ find: q.trim(), omit: hide.trim(), rows: '' }, { anew: Boolean(folded) });
    if (place().q === q) tell();
  };
  /** Leaves out what a query means. @param {string} hide */
  const omit = (hide) => {
    write({ hide });
    shown = place();
    look(shown.q);
  };
  const expand = async (/** @type {string[]} */ open) => {
    if (!(await view.change({ open: open.join(',') }, { anew: true }))) return;
    write({ open });
    shown = place();
    tell();
  };
  const group = async (/** @type {string} */ grp, /** @type {string} */ label) => {
    if (!(await view.change({ grp, open: '' }, { anew: true }))) return;
    write({ grp, open: [] });
    shown = place();
    const slot = find('[data-slot="grp"]');
    if (slot) slot.textContent = label;
    for (const item of document.querySelectorAll('[data-grp]'))
      item.setAttribute(
        'aria-current',
        String(item.getAttribute('data-grp') === (grp || 'workload')),
      );
  };
  const chooseForm = (/** @type {string} */ form) => {
    const tab = find(`[role="tab"][data-view="${form}"]`);
    if (tab) chooseTab(tab, { quiet: true });
  };
  const apply = () => {
    const state = place();
    view.setFilter({ q: state.q, hide: state.hide });
    refilter();
    tell();
    if (state.sel) choose(state.sel);
    if (state.sel && !place().sel) missing(state.sel);
    const lit = new URLSearchParams(location.search).get('lit');
    if (lit)
      import('../view/culprit.js').then(({ lightCulprit }) => lightCulprit(view, state.sel, lit));
    const narrow = matchMedia('(max-width: 899px)').matches;
    chooseForm(state.tab || (narrow ? 'table' : 'diagram'));
  };
  /** Says why what a link selects is not there. @param {string} id */
  const missing = async (id) => {
    const { missingNote } = await import('../view/missing.js');
    const note = await missingNote(id, location.pathname.split('/', 3).join('/'));
    if (note) box?.before(note);
  };
  view.addEventListener('nv:graph', apply, { once: true });
  window.addEventListener('popstate', async () => {
    const [before, state] = [shown, place()];
    shown = state;
    if (before.lvl !== state.lvl) return location.reload();
    if (before.at !== state.at) await at(state.at);
    if (before.grp !== state.grp || before.open.join() !== state.open.join())
      await view.change({ grp: state.grp, open: state.open.join(',') }, { anew: true });
    view.setFilter({ hide: state.hide });
    refilter();
    if (before.q !== state.q || before.hide !== state.hide) await look(state.q);
    else tell();
    choose(state.sel);
    chooseForm(state.tab || 'diagram');
  });
  const means = (/** @type {string} */ query) =>
    matching(parseQuery(query).query, view.graph ?? { nodes: [], edges: [] });
  /** @type {Promise<import('../view/hiding.js').Hiding>|null} */
  let hiding = null;
  view.addEventListener('nv:hide', (event) => {
    event.preventDefault();
    hiding ??= import('../view/hiding.js').then(
      ({ Hiding }) => new Hiding(view, { hidden: () => place().hide, omit, means }),
    );
    hiding.then((each) => each.add(/** @type {CustomEvent} */ (event).detail.node));
  });
  document.addEventListener('nv:tab', (event) => {
    const { view: form } = /** @type {CustomEvent} */ (event).detail;
    if (form) write({ tab: form });
  });
  view.addEventListener('nv:look', (event) => {
    if (place().vp) write({ vp: /** @type {CustomEvent} */ (event).detail });
  });
  view.addEventListener('nv:open', (event) => {
    const { id, node, open } = /** @type {CustomEvent} */ (event).detail;
    if (open && node?.open) {
      const wanted = unfolded(node.open, location.search);
      if (wanted) expand(wanted);
      else location.assign(node.open);
    } else if (!open) {
      const box = String(node?.group ?? '').replace(/^Open\//, '');
      const left = place().open.filter((each) => each !== id && each !== box);
      if (left.length < place().open.length) expand(left);
    }
  });
  view.addEventListener('nv:trace', (event) => {
    const { id } = /** @type {CustomEvent} */ (event).detail;
    if (view.dataset.trace)
      location.assign(view.dataset.trace.replace('ID', encodeURIComponent(objectId(id))));
  });
  for (const item of document.querySelectorAll('[data-grp]'))
    item.addEventListener('click', (event) => {
      event.preventDefault();
      const grp = item.getAttribute('data-grp') ?? '';
      group(grp === 'workload' ? '' : grp, item.textContent ?? grp);
    });
  return { filter };
}

/** Says in the tool bar what is looked for and what is left out.
 * @param {string} q @param {string} hide */
function showFilter(q, hide) {
  const slot = find('[data-slot="filter"]');
  const said = [q, hide && `−(${hide})`].filter(Boolean).join(' ');
  if (slot) slot.textContent = said || gettext('none');
  const input = find('#f-q');
  if (input instanceof HTMLInputElement) input.value = q;
  const omitted = find('#f-hide');
  if (omitted instanceof HTMLInputElement) omitted.value = hide;
}

/** @type {Promise<typeof import('../view/drills.js')>|null} */
let drillsModule = null;

/** The drills' module, which listens from then on. */
function loadDrills() {
  drillsModule ??= import('../view/drills.js').then((module) => {
    module.startDrills({
      ws: `/ws/c/${location.pathname.split('/')[2]}/events`,
      rev: () => diagram?.graph?.rev ?? 0,
      done: () => {
        const drills = find('.drawer [data-drills]');
        const href = drills?.dataset.href ?? '';
        if (!drills) return;
        drills.dataset.href = '';
        setTimeout(() => {
          if (!find('aside.drawer')?.hidden) module.showDrills(drills, href);
        }, 600);
      },
    });
    return module;
  });
  return drillsModule;
}

/** @param {NvDiagram} view */
function start(view) {
  const { choose, refilter } = startForms(view);
  startLive(view);
  const actions = startButtons(view);
  const { filter } = startUrl(view, { choose, refilter, at: actions.at });
  const search = startSearch(view, choose, filter);
  startTabs(document);
  startMenus(document);
  themeButtons(document);
  const forms = find('[role="tab"][data-view]')?.closest('[role="tablist"]') ?? null;
  startKeys({
    drawing: (event) => view.key(event),
    actions: {
      '/': () => search?.open(),
      v: () => cycleTab(forms),
      p: actions.pause,
      '[': actions.earlier,
      ']': actions.later,
      x: () => find('[data-menu="export"]')?.click(),
      Escape: () => {
        const { sel, at } = place();
        if (at === null || sel) choose('');
        else actions.live();
      },
    },
  });
}

if (diagram) start(diagram);
whenIdle(() =>
  import('../view/ahead.js').then(
    ({ startPaper }) => diagram && startPaper(diagram),
    () => {},
  ),
);
