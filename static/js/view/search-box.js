// @ts-check
/**
 * The search box of the top bar. What completes and jumps is not needed for the first view: it is
 * loaded once the page is idle, or with the first focus. Where it cannot be loaded the form is what
 * it is without scripts: a plain search.
 */
import { whenIdle } from './idle.js';

/**
 * @param {HTMLFormElement} form @param {import('./palette.js').PaletteOptions} options
 * @param {() => Promise<unknown>} [more] loads what the options need by then
 */
export function startSearchBox(form, options, more) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector('input[type="search"]'));
  /** @type {Promise<import('./palette.js').Palette>|null} */
  let loading = null;
  const load = () => {
    loading ??= Promise.all([import('./palette.js'), more?.()]).then(
      ([{ Palette }]) => new Palette(form, options),
    );
    return loading;
  };
  const prepare = () => load().catch(() => {});
  input.addEventListener('focus', prepare, { once: true });
  whenIdle(prepare);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    load().then(
      (palette) => palette.take(),
      () => form.submit(),
    );
  });
  return {
    input,
    /** Puts the caret in the box. */
    open() {
      input.focus();
      input.select();
    },
  };
}
