// @ts-check
/**
 * Menu buttons: `button[aria-haspopup="menu"][aria-controls]` opens the element with that id, whose
 * items are `role=menuitem` (or menuitemradio). Escape and a press elsewhere close it.
 */

/** @param {HTMLElement} menu @returns {HTMLElement[]} */
const itemsOf = (menu) => [
  .../** @type {NodeListOf<HTMLElement>} */ (menu.querySelectorAll('[role^="menuitem"]')),
];

/** @param {HTMLElement} button @param {boolean} open @param {boolean} [focus] */
function toggle(button, open, focus = true) {
  const menu = document.getElementById(button.getAttribute('aria-controls') ?? '');
  if (!menu) return;
  button.setAttribute('aria-expanded', String(open));
  menu.hidden = !open;
  if (open && focus) itemsOf(menu)[0]?.focus();
  else if (menu.contains(document.activeElement)) button.focus();
}

/** Makes the menu buttons under a root work.
 * @param {ParentNode} root */
export function startMenus(root) {
  for (const found of root.querySelectorAll('[aria-haspopup="menu"][aria-controls]')) {
    const button = /** @type {HTMLElement} */ (found);
    const menu = document.getElementById(button.getAttribute('aria-controls') ?? '');
    if (!menu) continue;
    button.setAttribute('aria-expanded', 'false');
    button.addEventListener('click', () => toggle(button, Boolean(menu.hidden)));
    menu.addEventListener('click', (event) => {
      if (/** @type {Element} */ (event.target).closest('[role^="menuitem"]'))
        toggle(button, false);
    });
    menu.addEventListener('keydown', (event) => {
      const items = itemsOf(menu);
      const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      /** @type {Record<string, number>} */
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
      if (event.key === 'Escape' || event.key === 'Tab') toggle(button, false);
      else if (event.key in to)
        items[((to[event.key] ?? 0) + items.length) % items.length]?.focus();
      else return;
      event.stopPropagation();
      if (event.key !== 'Tab') event.preventDefault();
    });
    document.addEventListener('pointerdown', (event) => {
      const target = /** @type {globalThis.Node} */ (event.target);
      if (!menu.hidden && !menu.contains(target) && !button.contains(target)) toggle(button, false);
    });
  }
}
