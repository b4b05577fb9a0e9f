// @ts-check
/**
 * Sets the theme before the first paint. It imports nothing, so that the page can load the built
 * file as a plain blocking script in its head; `view/theme.js` explains the choice and keeps it.
 */
{
  let theme = new URLSearchParams(location.search).get('theme');
  try {
    theme ??= localStorage.getItem('nv-theme');
  } catch {
    // Storage is forbidden: the system decides.
  }
  if (theme && ['light', 'dark', 'contrast'].includes(theme))
    document.documentElement.dataset.theme = theme;
}
