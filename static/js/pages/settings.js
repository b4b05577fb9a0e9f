// @ts-check
/** The entry of the settings page: a theme chosen here replaces the one of the theme button. */
import { startPage } from '../view/page.js';
import { chooseTheme } from '../view/theme.js';

startPage();
const form = document.querySelector('[data-form="settings"]');
if (form instanceof HTMLFormElement)
  form.addEventListener('submit', () => chooseTheme(String(new FormData(form).get('theme') ?? '')));
