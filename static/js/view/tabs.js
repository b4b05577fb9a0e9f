// @ts-check
/**
 * Tab lists: `role=tab` buttons that control panels, one tab stop per list, arrows between them.
 */

/** @param {Element} tab */
const listOf = (tab) => tab.closest('[role="tablist"]');

/** The tabs of a list.
 * @param {Element|null} list @returns {HTMLElement[]} */
export const tabsOf = (list) => [
  .../** @type {NodeListOf<HTMLElement>} */ (list?.querySelectorAll('[role="tab"]') ?? []),
];

/** Chooses a tab and shows its panel alone.
 * @param {HTMLElement} tab @param {{focus?: boolean, quiet?: boolean}} [how] quiet tells no one */
export function chooseTab(tab, { focus = false, quiet = false } = {}) {
  for (const other of tabsOf(listOf(tab))) {
    const on = other === tab;
    other.setAttribute('aria-selected', String(on));
    other.tabIndex = on ? 0 : -1;
    const panel = document.getElementById(other.getAttribute('aria-controls') ?? '');
    if (panel) panel.hidden = !on;
  }
  if (focus) tab.focus();
  if (!quiet)
    tab.dispatchEvent(new CustomEvent('nv:tab', { bubbles: true, detail: { ...tab.dataset } }));
}

/** The chosen tab of a list.
 * @param {Element|null} list */
export const chosenTab = (list) =>
  tabsOf(list).find((t) => t.getAttribute('aria-selected') === 'true');

/** Makes the tab lists under a root work.
 * @param {ParentNode} root */
export function startTabs(root) {
  for (const list of root.querySelectorAll('[role="tablist"]')) {
    list.addEventListener('click', (event) => {
      const tab = /** @type {Element} */ (event.target).closest('[role="tab"]');
      if (tab) chooseTab(/** @type {HTMLElement} */ (tab));
    });
    list.addEventListener('keydown', (event) => {
      const { key } = /** @type {KeyboardEvent} */ (event);
      const tabs = tabsOf(list);
      const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      /** @type {Record<string, number>} */
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 };
      if (at < 0 || !(key in to)) return;
      event.preventDefault();
      event.stopPropagation();
      const tab = tabs[((to[key] ?? 0) + tabs.length) % tabs.length];
      if (tab) chooseTab(tab, { focus: true });
    });
  }
}

/** Chooses the next tab of a list, the first after the last. A focus in the panel that goes away
 * moves to the tab.
 * @param {Element|null} list */
export function cycleTab(list) {
  const tabs = tabsOf(list).filter((t) => !t.hidden);
  const at = tabs.findIndex((t) => t.getAttribute('aria-selected') === 'true');
  const next = tabs[(at + 1) % tabs.length];
  const left = document.getElementById(tabs[at]?.getAttribute('aria-controls') ?? '');
  if (next) chooseTab(next, { focus: left?.contains(document.activeElement) ?? false });
}
