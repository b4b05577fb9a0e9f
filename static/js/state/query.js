// @ts-check
/**
 * The query language of find, hide and search: parser and completion. Pure; `match.js` evaluates.
 *
 *     query  = or
 *     or     = and { "OR" and }
 *     and    = not { ["AND"] not }
 *     not    = "-" not | "(" or ")" | term
 *     term   = word | field op value | graph ":" term | "near:" value ["~" depth]
 *     field  = kind ns name label ip port node zone family type status finding policy
 *     graph  = from | to        ("from:ns:shop": what an edge from there leads to)
 *     op     = ":" | "=" | "!=" | "~" (contains) | ">" | "<"
 *     value  = characters up to a space or bracket, or a quoted text; "*" stands for anything,
 *              commas part alternatives
 *
 * Words are not case-sensitive. Errors carry the position of the token they are about and, where
 * one is near, a suggestion. `cluster/questions/query/grammar.py` says the same: change both.
 *
 * @typedef {{type: 'all'}} AllQuery
 * @typedef {{type: 'and'|'or', of: Query[]}} ListQuery
 * @typedef {{type: 'not', of: Query}} NotQuery
 * @typedef {{type: 'word', value: string}} WordQuery
 * @typedef {':'|'='|'!='|'~'|'>'|'<'} Operator
 * @typedef {{type: 'field', field: string, op: Operator, value: string}} FieldQuery
 * @typedef {{type: 'reach', way: 'from'|'to', of: Query}} ReachQuery
 * @typedef {{type: 'near', value: string, depth: number}} NearQuery
 * @typedef {{type: 'denied', value: string}} DeniedQuery
 * @typedef {AllQuery|ListQuery|NotQuery|WordQuery|FieldQuery|ReachQuery|NearQuery|DeniedQuery} Query
 * @typedef {{message: string, start: number, end: number, suggestion: string|null}} QueryError
 */
import { isAddressBlock } from './cidr.js';
import { known } from './known.js';
import { gettext } from './words.js';

export const FIELDS = [
  'kind',
  'ns',
  'name',
  'label',
  'ip',
  'port',
  'node',
  'zone',
  'family',
  'type',
  'status',
  'finding',
  'policy',
];
export const GRAPH_TERMS = ['from', 'to', 'near', 'denied-by'];
const ALL_TERMS = [...FIELDS, ...GRAPH_TERMS];
/** Depths beyond this would take in any graph that fits on a screen. */
const MOST_DEPTH = 9;
/** Brackets, minuses and graph terms inside one another. */
const MOST_NESTED = 40;

/** @param {string} term the term as far as it goes, with its sign */
const needsValue = (term) => gettext('"%(term)s" needs a value', { term });

/** How many single-character edits lead from one word to another.
 * @param {string} a @param {string} b */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  const at = (/** @type {number[]} */ list, /** @type {number} */ i) => known(list[i]);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        at(row, j) + 1,
        at(next, j - 1) + 1,
        at(row, j - 1) + Number(a[i - 1] !== b[j - 1]),
      );
    row = next;
  }
  return at(row, b.length);
}

/** The known word nearest to a mistyped one, or null.
 * @param {string} word @param {string[]} words */
export function suggest(word, words) {
  const near = words
    .map((k) => ({ k, d: k.startsWith(word) && word.length > 1 ? 0.5 : distance(word, k) }))
    .filter(({ k, d }) => d <= Math.max(1, Math.floor(k.length / 3)))
    .sort((a, b) => a.d - b.d || (a.k < b.k ? -1 : 1));
  return near[0]?.k ?? null;
}

/** Whether an address with a length after it is none.
 * @param {string} value */
const isNoBlock = (value) => value.includes('/') && !value.includes('*') && !isAddressBlock(value);

class Parser {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.depth = 0;
    /** @type {QueryError[]} */
    this.errors = [];
  }

  /** Reads a part inside another; parts nested too deep are refused, and the rest is left out.
   * @param {() => Query} read @returns {Query} */
  nested(read) {
    if (this.depth >= MOST_NESTED) {
      this.error(gettext('nested too deep'), this.at, this.text.length);
      this.at = this.text.length;
      return { type: 'all' };
    }
    this.depth++;
    const query = read();
    this.depth--;
    return query;
  }

  /** @param {string} message @param {number} start @param {number} end @param {string|null} [suggestion] */
  error(message, start, end, suggestion = null) {
    this.errors.push({ message, start, end: Math.max(end, start + 1), suggestion });
  }

  space() {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  /** Takes a keyword that stands alone.
   * @param {string} word */
  keyword(word) {
    this.space();
    const end = this.at + word.length;
    if (this.text.slice(this.at, end) !== word || !/[\s(]|^$/.test(this.text[end] ?? ''))
      return false;
    this.at = end;
    return true;
  }

  /** @returns {Query} */
  or() {
    const of = [this.and()];
    while (this.keyword('OR')) of.push(this.and());
    return of.length === 1 ? known(of[0]) : { type: 'or', of };
  }

  /** @returns {Query} */
  and() {
    const of = [];
    for (;;) {
      const joined = this.keyword('AND');
      this.space();
      const start = this.at;
      const stop = start >= this.text.length || this.text[start] === ')' || this.isWord('OR');
      if (stop) {
        if (of.length === 0 || joined)
          this.error(gettext('a term is missing here'), start, start + 1);
        break;
      }
      of.push(this.not());
    }
    return of.length === 1 ? known(of[0]) : { type: 'and', of };
  }

  /** @param {string} word */
  isWord(word) {
    const end = this.at + word.length;
    return this.text.slice(this.at, end) === word && /[\s(]|^$/.test(this.text[end] ?? '');
  }

  /** @returns {Query} */
  not() {
    this.space();
    if (this.text[this.at] === '-' && !/\s|^$/.test(this.text[this.at + 1] ?? '')) {
      this.at++;
      return { type: 'not', of: this.nested(() => this.not()) };
    }
    if (this.text[this.at] === '(') {
      const start = this.at++;
      const inner = this.nested(() => this.or());
      this.space();
      if (this.text[this.at] === ')') this.at++;
      else this.error(gettext('this bracket is not closed'), start, start + 1, ')');
      return inner;
    }
    return this.term();
  }

  /** Text up to a space or bracket, or a quoted text.
   * @param {RegExp} [until] */
  value(until = /[\s()]/) {
    const start = this.at;
    if (this.text[this.at] !== '"') {
      while (this.at < this.text.length && !until.test(this.text.charAt(this.at))) this.at++;
      return this.text.slice(start, this.at);
    }
    const end = this.text.indexOf('"', start + 1);
    if (end < 0) {
      this.error(gettext('this quotation is not closed'), start, this.text.length, '"');
      this.at = this.text.length;
      return this.text.slice(start + 1);
    }
    this.at = end + 1;
    return this.text.slice(start + 1, end);
  }

  /** @returns {Query} */
  term() {
    const start = this.at;
    const match = /^([A-Za-z][A-Za-z-]*)(:?(?:!=|[=~<>])|:)/.exec(this.text.slice(start));
    if (!match) return { type: 'word', value: this.value() };
    const [word, sign] = [known(match[1]), known(match[2])];
    const field = word.toLowerCase();
    const op = /** @type {Operator} */ (sign.length > 1 ? sign.replace(':', '') : sign);
    if (!ALL_TERMS.includes(field)) {
      const near = suggest(field, ALL_TERMS);
      this.error(
        gettext('there is no term "%(word)s"', { word }),
        start,
        start + word.length,
        near,
      );
    }
    this.at += match[0].length;
    if (field === 'from' || field === 'to') {
      const way = /** @type {'from'|'to'} */ (field);
      if (!/\S/.test(this.text[this.at] ?? '')) this.error(needsValue(`${field}:`), start, this.at);
      return {
        type: 'reach',
        way,
        of: this.nested(() => (this.text[this.at] === '(' ? this.not() : this.term())),
      };
    }
    const from = this.at;
    let value = this.value();
    if (field === 'near' && this.text[this.at] === '~') value += this.value();
    if (value === '') this.error(needsValue(`${field}${op}`), start, this.at);
    if (field === 'near') return this.near(value, from);
    if (field === 'denied-by') return { type: 'denied', value };
    if ((op === '>' || op === '<') && !/^\d+(\.\d+)?$/.test(value))
      this.error(gettext('a number is needed here'), from, this.at);
    if (field === 'ip' && op !== '~' && value.split(',').some(isNoBlock))
      this.error(gettext('this is no block of addresses'), from, this.at);
    return { type: 'field', field, op, value };
  }

  /** @param {string} value @param {number} from @returns {Query} */
  near(value, from) {
    const match = /^(.*)~(\d*)$/.exec(value);
    const depth = match ? Number(match[2] || 1) : 1;
    if (depth > MOST_DEPTH)
      this.error(
        gettext('at most %(count)s steps', { count: MOST_DEPTH }),
        from + (match?.[1]?.length ?? 0) + 1,
        this.at,
        String(MOST_DEPTH),
      );
    return { type: 'near', value: match?.[1] ?? value, depth };
  }
}

/**
 * Parses a query. A blank one matches everything. With errors the query is still the best reading
 * of the rest, so that a half-typed query filters by what is complete.
 * @param {string} text
 * @returns {{query: Query, errors: QueryError[]}}
 */
export function parseQuery(text) {
  const parser = new Parser(text);
  parser.space();
  if (parser.at >= text.length) return { query: { type: 'all' }, errors: [] };
  /** @type {Query} */
  let query = parser.or();
  parser.space();
  while (parser.at < text.length) {
    parser.error(gettext('this bracket was not opened'), parser.at, parser.at + 1);
    parser.at++;
    parser.space();
    if (parser.at < text.length) query = { type: 'and', of: [query, parser.or()] };
    parser.space();
  }
  return { query, errors: parser.errors };
}

/** A value as the query language writes it, quoted where it must be.
 * @param {string} value */
export const quoted = (value) =>
  /[\s()"]/.test(value) || value === '' ? `"${value.replaceAll('"', '')}"` : value;

/**
 * How the term at the caret can be completed.
 * @param {string} text
 * @param {number} caret
 * @param {(field: string) => Iterable<string>} values known values of a field
 * @returns {{start: number, end: number, options: string[]}} options replace start to end
 */
export function complete(text, caret, values) {
  const before = text.slice(0, caret);
  const token = /[^\s()]*$/.exec(before)?.[0]?.replace(/^-/, '') ?? '';
  const inner = /^(?:(?:from|to):)?(.*)$/.exec(token)?.[1] ?? '';
  const match = /^([a-z-]+)(?::?(?:!=|[=~])|:)(.*)$/i.exec(inner);
  const end = caret + (/^[^\s()]*/.exec(text.slice(caret))?.[0]?.length ?? 0);
  if (!match) {
    const typed = inner.toLowerCase();
    const options = ALL_TERMS.filter((t) => t.startsWith(typed)).map((t) => `${t}:`);
    return { start: caret - inner.length, end, options };
  }
  const [written, field] = [known(match[2]), known(match[1]).toLowerCase()];
  const typed = written.replace(/^"/, '').toLowerCase();
  const rank = (/** @type {string} */ v) => Number(!v.toLowerCase().startsWith(typed));
  const options = [...new Set(values(field))]
    .filter((v) => v !== '' && v.toLowerCase().includes(typed))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .slice(0, 20)
    .map(quoted);
  return { start: caret - written.length, end, options };
}

/**
 * The terms of a query that must all hold, each with the query that is left without it; none where
 * there is but one, or where OR joins them. `cluster/web/querying.py` does the same.
 * @param {string} text
 * @returns {{term: string, rest: string}[]}
 */
export function dropped(text) {
  /** @type {string[]} */
  const found = [];
  let [depth, quote, term] = [0, false, ''];
  for (const mark of text) {
    if (mark === '"') quote = !quote;
    if (!quote) depth += Number(mark === '(') - Number(mark === ')');
    if (/\s/.test(mark) && !quote && depth <= 0) {
      found.push(term);
      term = '';
    } else term += mark;
  }
  const terms = [...found, term].filter((t) => t && t !== 'AND');
  if (terms.length < 2 || terms.includes('OR')) return [];
  return terms.map((one, i) => ({ term: one, rest: terms.toSpliced(i, 1).join(' ') }));
}
