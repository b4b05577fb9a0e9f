// @ts-check
/**
 * A step of a lesson: arrow and page keys turn the steps in teacher mode, as a presenter's remote
 * control sends them; what became of an answer takes the focus, so that it is read and in sight.
 * Everything else on the page works without scripts.
 */

const verdict = document.querySelector('form[data-answered] #verdict');
if (verdict instanceof HTMLElement) {
  verdict.tabIndex = -1;
  verdict.focus();
}

const KEYS = /** @type {Record<string, string>} */ ({
  ArrowRight: 'next',
  PageDown: 'next',
  ArrowLeft: 'prev',
  PageUp: 'prev',
});

document.addEventListener('keydown', (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!document.querySelector('.app--teach') || target.matches('input, select, textarea')) return;
  const link = document.querySelector(`.lesson__foot a[rel="${KEYS[event.key] ?? 'none'}"]`);
  if (!(link instanceof HTMLAnchorElement) || target.closest('nv-diagram')) return;
  event.preventDefault();
  link.click();
});
