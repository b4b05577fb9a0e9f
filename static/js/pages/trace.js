// @ts-check
/**
 * The entry of the trace page: pickers, the steps beside the numbered path, and the answer renewed
 * when the cluster changes. The drawing follows the steps only where the reader wants it to.
 */
import '../graph/diagram.js';
import { cardOfStep, stepOfCard } from '../state/trace-steps.js';
import { gettext } from '../state/words.js';
import { startButtons, startCopies, startHeight, startLive } from '../view/drawing-page.js';
import { showCounters, showVerdict } from '../view/head.js';
import { startPage } from '../view/page.js';
import { Steps } from '../view/steps.js';
import { TableView } from '../view/table.js';
import { cycleTab, startTabs } from '../view/tabs.js';
import { TextView } from '../view/text.js';

/** @typedef {import('../graph/diagram.js').NvDiagram} NvDiagram */

const FOLLOW = 'nv-trace-follow';

/** @param {string} selector @returns {HTMLElement|null} */
const find = (selector) => document.querySelector(selector);

/** Starts the two pickers and the button that changes them over. */
function startForm() {
  const form = /** @type {HTMLFormElement|null} */ (find('form.traceform'));
  if (!form) return;
  import('../view/combobox.js').then(({ Combobox }) => {
    for (const box of form.querySelectorAll('[data-combo]'))
      new Combobox(/** @type {HTMLElement} */ (box));
  });
  const field = (/** @type {string} */ name) =>
    /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  find('[data-trace="swap"]')?.addEventListener('click', (event) => {
    const [from, to] = [field('from'), field('to')];
    if (from.value === from.defaultValue && to.value === to.defaultValue) return;
    event.preventDefault();
    [from.value, to.value] = [to.value, from.value];
    if (from.value && to.value) form.requestSubmit();
  });
  const empty = [field('from'), field('to')].find((input) => !input.value);
  const wrong = /** @type {HTMLElement|null} */ (form.querySelector('[aria-invalid="true"]'));
  if (wrong) wrong.focus();
  else if (empty && field('from').value) empty.focus();
}

/** Brings a card to the middle of the drawing, unless all of the drawing is in sight anyway.
 * @param {NvDiagram} view @param {string} id */
function follow({ canvas }, id) {
  const rect = canvas?.layout.cards.get(id);
  if (!canvas || !rect) return;
  const { w, h } = canvas.viewport.size();
  const { k } = canvas.viewport.transform;
  const { width, height } = canvas.layout;
  if (width * k <= w && height * k <= h) return canvas.viewport.reveal(rect);
  const x = w / 2 - (rect.x + rect.w / 2) * k;
  const y = h / 2 - (rect.y + rect.h / 2) * k;
  canvas.viewport.set({ x, y, k }, true);
}

/** Keeps the step that is looked at in the address.
 * @param {number} step */
function remember(step) {
  const url = new URL(location.href);
  if (step) url.searchParams.set('sel', `step-${step}`);
  else url.searchParams.delete('sel');
  if (url.href !== location.href) history.replaceState(null, '', url);
}

/** The answer's parts that the server renders anew.
 * @param {Steps} steps */
function renewer(steps) {
  const panel = find('[data-answer]');
  let turn = 0;
  return async () => {
    const mine = ++turn;
    const response = await fetch(panel?.dataset.answer ?? '').catch(() => null);
    if (!response?.ok || mine !== turn) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const fresh of page.querySelectorAll('[data-live]')) {
      const name = /** @type {HTMLElement} */ (fresh).dataset.live;
      const shown = find(`[data-live="${name}"]`);
      if (!shown) continue;
      if (name === 'steps') steps.renew(fresh);
      else if (shown.innerHTML !== fresh.innerHTML) shown.replaceChildren(...fresh.childNodes);
    }
  };
}

/** @param {NvDiagram} view */
function startAnswer(view) {
  const box = find('[data-live="steps"]');
  if (!box) return null;
  const button = find('[data-act="follow"]');
  const follows = () => button?.getAttribute('aria-pressed') === 'true';
  const steps = new Steps(box, {
    onChoose: (step) => {
      remember(step);
      if (!view.graph) return;
      const card = cardOfStep(view.graph, step);
      view.select(card, false);
      if (follows()) follow(view, card);
    },
  });
  button?.setAttribute('aria-pressed', String(localStorage.getItem(FOLLOW) === 'on'));
  button?.addEventListener('click', () => {
    button.setAttribute('aria-pressed', String(!follows()));
    localStorage.setItem(FOLLOW, follows() ? 'on' : 'off');
    if (follows() && steps.chosen) steps.choose(steps.chosen);
  });
  view.addEventListener('nv:select', (event) => {
    const { id } = /** @type {CustomEvent} */ (event).detail;
    const step = view.graph ? stepOfCard(view.graph, id) : 0;
    if (step) steps.choose(step);
    view.select(id, false);
  });
  const [table, text] = [find('[data-nv="table"]'), find('[data-nv="text"]')];
  const tableView = table && new TableView(table);
  const textView = text && new TextView(text);
  const renew = renewer(steps);
  view.addEventListener('nv:graph', (event) => {
    const { graph, changes } = /** @type {CustomEvent} */ (event).detail;
    tableView?.show(graph.table);
    textView?.show(graph.text);
    if (!changes) {
      const step = Number(
        /^step-(\d+)$/.exec(new URL(location.href).searchParams.get('sel') ?? '')?.[1] ?? 0,
      );
      if (step) steps.choose(step);
      return;
    }
    showVerdict(find('[data-nv="verdict"]'), graph);
    showCounters(find('[data-nv="counters"]'), graph);
    renew();
  });
  return steps;
}

/** Keeps the form of the answer in the address. */
function startForms() {
  startTabs(document);
  document.addEventListener('nv:tab', (event) => {
    const { view } = /** @type {CustomEvent} */ (event).detail;
    if (!view) return;
    const url = new URL(location.href);
    url.searchParams.set('tab', view);
    history.replaceState(null, '', url);
  });
  return find('[role="tab"][data-view]')?.closest('[role="tablist"]') ?? null;
}

startForm();
startCopies();
const view = /** @type {NvDiagram|null} */ (find('nv-diagram'));
if (view) {
  startHeight(view, 520);
  const forms = startForms();
  const steps = startAnswer(view);
  startLive(view, { gone: gettext('One end of this trace was deleted; you see the last answer.') });
  const actions = startButtons(view);
  const legend = view.querySelector('details.legend');
  legend?.removeAttribute('open');
  view.addEventListener('nv:trace', (event) => {
    const { id } = /** @type {CustomEvent} */ (event).detail;
    location.assign((view.dataset.trace ?? '').replace('ID', encodeURIComponent(id)));
  });
  startPage(
    {
      j: () => steps?.move(1),
      k: () => steps?.move(-1),
      v: () => cycleTab(forms),
      p: actions.pause,
      x: () => find('[data-menu="export"]')?.click(),
    },
    (event) => view.key(event),
  );
} else startPage();
