// @ts-check
/** Where the reader is, in the address: written by whoever changes something, read by all. */
import { formatState, PUSHED, parseState } from '../state/urlstate.js';

/** @typedef {import('../state/urlstate.js').UrlState} UrlState */

/** The state in the address now. @returns {UrlState} */
export const place = () => parseState(location.search);

/** Writes a change of the state to the address: a step of the history, or none for the viewport.
 * @param {Partial<UrlState>} change */
export function write(change) {
  const search = formatState(location.search, change);
  if (search === location.search) return;
  const address = `${location.pathname}${search}${location.hash}`;
  const push = Object.keys(change).some((key) => PUSHED.has(key));
  if (push) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}
