// @ts-check
/**
 * Adds and removes rows of the admin's tables of inputs. Without this script a table still has one
 * empty row, and a row that is emptied is removed on saving.
 */

/** @param {Element} table */
function addRow(table) {
  const template = table.querySelector('template');
  const add = table.querySelector('.nv-rows-add');
  if (!template || !add) return;
  const numbers = [...table.querySelectorAll('.nv-row [name]')].map((input) =>
    Number(/-(\d+)-[^-]*$/.exec(input.getAttribute('name') ?? '')?.[1] ?? -1),
  );
  const next = String(Math.max(-1, ...numbers) + 1);
  const row = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  for (const input of row.querySelectorAll('[name]')) {
    for (const attribute of ['name', 'id']) {
      input.setAttribute(attribute, (input.getAttribute(attribute) ?? '').replace('__row__', next));
    }
  }
  for (const button of row.querySelectorAll('button')) button.hidden = false;
  const first = /** @type {HTMLElement|null} */ (row.querySelector('[name]'));
  table.insertBefore(row, template);
  first?.focus();
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  const table = button?.closest('.nv-rows');
  if (!button || !table) return;
  if (button.classList.contains('nv-rows-add')) addRow(table);
  if (button.classList.contains('nv-row-remove')) {
    button.closest('.nv-row')?.remove();
    /** @type {HTMLElement|null} */ (table.querySelector('.nv-rows-add'))?.focus();
  }
});

document.addEventListener('DOMContentLoaded', () => {
  for (const button of document.querySelectorAll('.nv-rows > button, .nv-row > button')) {
    /** @type {HTMLButtonElement} */ (button).hidden = false;
  }
});
