// @ts-check
/**
 * What a query found beyond what is drawn: "37 match, 12 not drawn", and what to open to see them;
 * where nothing matches, which term to drop or what may have been meant; of what is no query what is
 * wrong, and how it would be one.
 */
import { matching, valuesOf } from '../state/match.js';
import { dropped, parseQuery } from '../state/query.js';
import { meant, mended } from '../state/spelling.js';
import { gettext, ngettext } from '../state/words.js';
import { glyph, html, icon } from './icon.js';

/**
 * @typedef {{label: string, count: number, href: string, open: string}} Closed
 * @typedef {{total: number, undrawn: number, groups: Closed[]}} Match
 */

export class MatchBanner {
  /**
   * @param {HTMLElement} banner
   * @param {{search: string, base: string, expand: (id: string) => void,
   *   filter: (q: string) => void, omit: (hide: string) => void, graph: () => import('../types.js').Graph|null}} on
   *   `search` is the address asked, `base` what relative addresses of groups are of
   */
  constructor(banner, on) {
    this.banner = banner;
    this.on = on;
    this.q = '';
    this.turn = 0;
  }

  /** Tells of a query, of none for ''.
   * @param {{q: string, hide: string}} what is looked for and left out
   * @param {string} src address of the drawing's JSON */
  async show({ q, hide }, src) {
    this.q = q;
    const turn = ++this.turn;
    for (const said of document.querySelectorAll('.faults')) said.remove(); // by the server, of then
    const wrong = this.#wrong(q, this.on.filter) ?? this.#wrong(hide, this.on.omit);
    if (wrong) this.banner.replaceChildren(glyph('warn'), ...wrong);
    if (wrong || !q.trim()) {
      this.banner.hidden = !wrong;
      return;
    }
    const match = await this.#ask(q, src);
    if (turn !== this.turn) return;
    const parts = match && match.total > 0 ? this.#found(match) : await this.#none(q, src);
    if (turn !== this.turn) return;
    this.banner.replaceChildren(icon('ui-filter'), ...parts);
    this.banner.hidden = false;
  }

  /** @param {string} q @param {string} src @returns {Promise<Match|null>} */
  async #ask(q, src) {
    const url = new URL(this.on.search, location.href);
    for (const [name, value] of new URL(src, location.href).searchParams)
      url.searchParams.set(name, value);
    url.searchParams.set('q', q);
    const response = await fetch(url, { headers: { Accept: 'application/json' } }).catch(
      () => null,
    );
    return response?.ok ? (await response.json()).match : null;
  }

  /** How many match a query: in the cluster, or, where nobody answers, of what is drawn.
   * @param {string} q @param {string} src */
  async #count(q, src) {
    const match = await this.#ask(q, src);
    const graph = this.on.graph();
    return match?.total ?? (graph ? matching(parseQuery(q).query, graph).size : 0);
  }

  /** @param {Match} match */
  #found({ total, undrawn, groups }) {
    const words = ngettext('%(count)s match', '%(count)s match', total);
    const hidden = gettext('%(count)s not drawn', { count: undrawn });
    const parts = [html('span', '', undrawn ? `${words}, ${hidden}` : words)];
    if (undrawn) parts.push(html('span', 'banner__arrow', '→'));
    for (const group of undrawn ? groups : []) parts.push(this.#group(group));
    parts.push(this.#clear());
    return parts;
  }

  /** @param {Closed} group */
  #group({ label, count, href, open }) {
    const words = gettext('open %(label)s (%(count)s)', { label, count });
    if (open) {
      const button = html('button', 'linkbtn', words);
      button.type = 'button';
      button.addEventListener('click', () => this.on.expand(open));
      return button;
    }
    const link = html('a', 'objlink', href ? words : `${label} (${count})`);
    const q = new URLSearchParams({ q: this.q });
    link.href = href ? `${this.on.base}${href}&${q}` : `${this.on.search}?${q}`;
    return link;
  }

  #clear(then = this.on.filter) {
    const button = html('button', 'linkbtn banner__end', gettext('Clear'));
    button.type = 'button';
    button.addEventListener('click', () => then(''));
    return button;
  }

  /** What is wrong with a query, and what it would be; null where nothing is.
   * @param {string} text @param {(query: string) => void} then takes what is chosen instead */
  #wrong(text, then) {
    const [error] = parseQuery(text).errors;
    if (!error) return null;
    const { message, start, end } = error;
    const mark = html('u', 'palette__bad', text.slice(start, end) || ' ');
    const code = html('code', '', text.slice(0, start), mark, text.slice(end));
    const better = mended(text, error);
    return [code, html('span', '', message), ...this.#instead(better, then), this.#clear(then)];
  }

  /** A query to take instead, where one is near.
   * @param {string|null} better @param {(query: string) => void} [then] */
  #instead(better, then = this.on.filter) {
    if (better === null) return [];
    const button = html('button', 'linkbtn', better);
    button.type = 'button';
    button.addEventListener('click', () => then(better));
    return [html('span', 'banner__arrow', '→'), button];
  }

  /** @param {string} q @param {string} src */
  async #none(q, src) {
    const parts = [html('span', '', gettext('Nothing matches.'))];
    const nodes = this.on.graph()?.nodes ?? [];
    const values = (/** @type {string} */ field) => nodes.flatMap((node) => valuesOf(node, field));
    parts.push(...this.#instead(meant(q, values)));
    const terms = dropped(q);
    if (terms.length) parts.push(html('span', 'muted', gettext('Drop a term:')));
    const counts = await Promise.all(terms.map(({ rest }) => this.#count(rest, src)));
    for (const [i, { term, rest }] of terms.entries()) {
      const button = html('button', 'chip chip--btn', `− ${term} `);
      button.append(html('span', 'muted num', String(counts[i])));
      button.title = gettext('How many match without it');
      button.type = 'button';
      button.addEventListener('click', () => this.on.filter(rest));
      parts.push(button);
    }
    parts.push(this.#clear());
    return parts;
  }
}
