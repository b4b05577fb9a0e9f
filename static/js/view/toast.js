// @ts-check
/** Short messages at the bottom right, and what only screen readers are told. */
import { html } from './icon.js';

const SHOWN_MS = 4000;

/** @type {HTMLElement|null} */
let region = null;

/** Says something in the polite live region, for screen readers alone.
 * @param {string} text */
export function say(text) {
  if (!region) {
    region = html('div', 'sr');
    region.setAttribute('aria-live', 'polite');
    document.body.append(region);
  }
  region.textContent = text;
}

/**
 * Shows a message for a few seconds.
 * @param {string} text
 * @param {{label: string, run: () => void}} [action] a button beside it
 */
export function toast(text, action) {
  for (const old of document.querySelectorAll('.toast')) old.remove();
  const box = html('div', 'toast', html('span', '', text));
  box.setAttribute('role', 'status');
  if (action) {
    const button = html('button', 'toast__btn', action.label);
    button.type = 'button';
    button.addEventListener('click', () => {
      box.remove();
      action.run();
    });
    box.append(button);
  }
  document.body.append(box);
  const end = () =>
    box.matches(':hover, :focus-within') ? setTimeout(end, SHOWN_MS) : box.remove();
  setTimeout(end, SHOWN_MS);
}
