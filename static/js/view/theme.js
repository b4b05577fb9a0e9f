// @ts-check
/**
 * The theme: `?theme=` wins, then the reader's choice, then the system. `<html data-theme>` holds
 * it; without the attribute the style sheet follows the system. `pages/theme.js` applies it before the
 * first paint.
 */

const KEY = 'nv-theme';
const THEMES = new Set(['light', 'dark', 'contrast']);

/** Whether the page is dark now. */
export function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

/**
 * Chooses a theme and keeps the choice; 'system' forgets it.
 * @param {string} theme
 */
export function chooseTheme(theme) {
  const root = document.documentElement;
  if (THEMES.has(theme)) root.dataset.theme = theme;
  else delete root.dataset.theme;
  try {
    if (THEMES.has(theme)) localStorage.setItem(KEY, theme);
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** Wires the buttons that switch between light and dark.
 * @param {ParentNode} root */
export function themeButtons(root) {
  for (const button of root.querySelectorAll('[data-act="theme"]')) {
    button.setAttribute('aria-pressed', String(isDark()));
    button.addEventListener('click', () => {
      chooseTheme(isDark() ? 'light' : 'dark');
      button.setAttribute('aria-pressed', String(isDark()));
    });
  }
}
