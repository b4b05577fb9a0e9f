// @ts-check
/** The entry of the settings page: a theme chosen here replaces the one of the theme button. */
import { keySheet } from '../view/keys.js';
import { startPage } from '../view/page.js';
import { chooseTheme } from '../view/theme.js';

startPage();
const form = document.querySelector('[data-form="settings"]');
if (form instanceof HTMLFormElement)
  form.addEventListener('submit', () => chooseTheme(String(new FormData(form).get('theme') ?? '')));
for (const part of document.querySelectorAll('[data-scripted]')) part.removeAttribute('hidden');
document.querySelector('main [data-act="help"]')?.addEventListener('click', () => keySheet());
