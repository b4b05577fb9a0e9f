// @ts-check
/** What a page needs only later is loaded once the browser has nothing better to do. */

/** Latest wait in ms, on a page that is never idle. */
const LATEST_MS = 2000;

/** Runs once the browser is idle; Safari does not tell, so there a moment later.
 * @param {() => void} run */
export function whenIdle(run) {
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: LATEST_MS });
  else setTimeout(run, LATEST_MS / 4);
}
