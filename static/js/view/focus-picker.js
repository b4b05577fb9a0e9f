// @ts-check
/** The picker of what stands in the middle of a policy diagram; loaded when its menu is opened. */
import { Combobox } from './combobox.js';

/** @param {HTMLElement} menu */
export function startFocus(menu) {
  const box = /** @type {HTMLElement|null} */ (menu.querySelector('[data-combo]'));
  if (box) new Combobox(box, { onTake: () => box.closest('form')?.requestSubmit() });
}
