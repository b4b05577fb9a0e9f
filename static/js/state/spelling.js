// @ts-check
/** What a reader may have meant by a query that is none, or that finds nothing. Pure. */
import { plural, SHORT_KINDS } from './match.js';
import { quoted, suggest } from './query.js';

/** @typedef {import('./query.js').QueryError} QueryError */

/** Ends that are put after a query; every other suggestion stands for the token that is wrong. */
const ENDS = new Set([')', '"']);

/** Fields of which every value is known, or shown. */
const TERM =
  /(?<!\w)(kind|ns|name|node|zone|family|type|status|policy)([:=])([^\s()",*]+)(?![^\s()])/gi;

/** A query with its first mistake mended, null where nothing is suggested.
 * @param {string} text @param {QueryError} error @returns {string|null} */
export function mended(text, { start, end, suggestion }) {
  if (!suggestion) return null;
  if (ENDS.has(suggestion)) return text.trimEnd() + suggestion;
  return text.slice(0, start) + suggestion + text.slice(end);
}

/** A query with the first value that is nobody's put as the nearest that somebody has; null where
 * none is near.
 * @param {string} text @param {(field: string) => Iterable<string>} values @returns {string|null} */
export function meant(text, values) {
  for (const { 0: term, 1: field = '', 2: sign = '', 3: value = '', index } of text.matchAll(
    TERM,
  )) {
    const kinds = field.toLowerCase() === 'kind' ? Object.entries(SHORT_KINDS).flat() : [];
    const all = new Map(
      [...kinds, ...values(field.toLowerCase())].map((each) => [each.toLowerCase(), each]),
    );
    const typed = value.toLowerCase();
    if (all.has(typed) || kinds.some((kind) => plural(kind) === typed)) continue;
    const near = all.get(suggest(typed, [...all.keys()]) ?? '');
    if (near)
      return `${text.slice(0, index)}${field}${sign}${quoted(near)}${text.slice(index + term.length)}`;
  }
  return null;
}
