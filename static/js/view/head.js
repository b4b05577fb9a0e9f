// @ts-check
/** The page head, live: verdict, its reason, counters, and what was folded. */
import { grouped } from '../graph/tile.js';
import { glyph, html } from './icon.js';
import { named } from './names.js';

/** @typedef {import('../types.js').Graph} Graph */

/** @type {Record<string, string>} */
const COLOURS = { ok: 'allow', warn: 'warn', deny: 'deny' };

/**
 * @param {Element|null} verdict an element with `.verdict__tile`, a heading `data-slot="verdict"` and `p`
 * @param {Graph} graph
 */
export function showVerdict(verdict, graph) {
  if (!verdict || !graph.verdict) return;
  const { state, text, why } = graph.verdict;
  const tile = verdict.querySelector('.verdict__tile');
  if (tile) {
    tile.className = `verdict__tile c-${COLOURS[state] ?? 'unknown'}${state === 'warn' ? ' is-warn' : ''}`;
    tile.replaceChildren(glyph(state));
  }
  const heading = verdict.querySelector('[data-slot="verdict"]');
  const p = verdict.querySelector('p');
  if (heading && heading.textContent !== text) heading.replaceChildren(...named(text));
  if (p) p.replaceChildren(...named(why ?? ''));
}

/** @param {Element|null} list a `dl.counters` @param {Graph} graph */
export function showCounters(list, graph) {
  if (!list || !graph.counters) return;
  list.replaceChildren(
    ...graph.counters.map(({ value, label, state, note }) =>
      html(
        'div',
        '',
        html('dt', '', label),
        html(
          'dd',
          '',
          state ? glyph(state) : null,
          typeof value === 'number' ? grouped(value) : value,
          note ? html('small', '', note) : null,
        ),
      ),
    ),
  );
}

/** @param {Element|null} banner with an element `[data-slot="text"]` @param {Graph} graph */
export function showFolded(banner, graph) {
  if (!(banner instanceof HTMLElement)) return;
  const text = graph.folded ?? '';
  banner.hidden = !text;
  const slot = banner.querySelector('[data-slot="text"]') ?? banner;
  if (slot.textContent !== text) slot.textContent = text;
}

/** The sentences under the drawing.
 * @param {Element|null} list @param {Graph} graph */
export function showNotes(list, graph) {
  const notes = graph.detail?.notes;
  if (!list || !notes) return;
  list.replaceChildren(
    ...notes.map(({ text, state }) => html('li', '', glyph(state), html('span', '', text))),
  );
}
