// @ts-check
/**
 * What a diagram's page gets after the first view: "Why?" beside a verdict, which opens the drawer with what it rests
 * on (the Text form tells it without scripts), and the picker of what stands in a policy's middle. Beside the
 * objects of a "Why?" it says where in the log they stood, and in the bins of slices what their writes came to.
 */
import { because } from '../state/because.js';
import { gettext } from '../state/words.js';
import { startChurn } from './churn.js';
import { html } from './icon.js';
import { tellSources } from './sources.js';

/**
 * @param {import('../graph/diagram.js').NvDiagram} view
 * @param {import('./drawer.js').Drawer} drawer
 */
export function startHead(view, drawer) {
  const menu = document.querySelector('[data-focus]');
  menu?.addEventListener(
    'toggle',
    async () => (await import('./focus-picker.js')).startFocus(/** @type {HTMLElement} */ (menu)),
    { once: true },
  );
  const button = html('button', 'linkbtn verdict__why', gettext('Why?'));
  button.type = 'button';
  button.addEventListener('click', () => {
    const { graph } = view;
    if (!graph?.verdict) return;
    view.select('');
    const verdict = { ...graph.verdict, why: because(graph) };
    drawer.show({ id: 'verdict', node: null, edge: null, verdict });
  });
  document.querySelector('[data-nv="verdict"] .verdict__text')?.append(button);
  const { sources, writes } = drawer.aside.dataset;
  const why = drawer.panel('why');
  const tell = () => {
    if (why?.firstElementChild && sources) tellSources(why, sources, view.graph?.rev ?? 0);
  };
  if (why) new MutationObserver(tell).observe(why, { childList: true });
  tell();
  if (writes) startChurn(view, writes);
}
