// @ts-check
/** Reads a fixture, and makes small graphs for single claims. */
import { readFileSync } from 'node:fs';
import { known } from '../../static/js/state/known.js';
import { huge } from './fixtures/make.mjs';

/** @typedef {import('../../static/js/types.js').Graph} Graph */

/** A fixture's graph, fresh on every call.
 * @param {string} name @returns {Graph} */
export const fixture = (name) =>
  name === 'huge'
    ? huge()
    : JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

/** The nth of a list that has one.
 * @template T @param {readonly T[]} list @param {number} index @returns {T} */
export const at = (list, index) => known(list.at(index));

/** Numbers from 0 to 1 that are the same on every run (mulberry32).
 * @param {number} seed */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
