// @ts-check
/**
 * The graph a page shows, kept as maps and changed by deltas: pure state, no drawing, no clock
 * (times in ms arrive as arguments). A delta is applied only on the revision it follows; anything
 * else is answered with a snapshot that is merged in, never by clearing.
 *
 * @typedef {import('../types.js').Graph} Graph
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Edge} Edge
 * @typedef {import('../types.js').Group} Group
 * @typedef {import('../types.js').Delta} Delta
 * @typedef {import('../types.js').Changes} Changes
 */
import { known } from '../state/known.js';

/** How long a removed card stays as a ghost, and how long a changed one keeps its dot. */
export const GHOST_MS = 5000;
export const CHANGED_MS = 60000;

const HEAD = [
  'title',
  'label',
  'crumbs',
  'verdict',
  'counters',
  'lanes',
  'truncated',
  'folded',
  'next',
  'listed',
  'sifted',
  'table',
  'text',
  'options',
  'guide',
  'detail',
];
const PARTS = /** @type {const} */ (['nodes', 'edges', 'groups']);

/** Whether two JSON values are equal.
 * @param {unknown} a @param {unknown} b @returns {boolean} */
export function isEqual(a, b) {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [
    /** @type {Record<string, unknown>} */ (a),
    /** @type {Record<string, unknown>} */ (b),
  ];
  const keys = Object.keys(x);
  return keys.length === Object.keys(y).length && keys.every((k) => k in y && isEqual(x[k], y[k]));
}

/**
 * Two deltas as one: what they do together, per object.
 * @param {Delta} first
 * @param {Delta} second a delta whose `prev` is covered by `first`
 * @returns {Delta}
 */
export function combine(first, second) {
  /** @type {Delta} */
  const out = { rev: second.rev, prev: first.prev, add: {}, change: {}, remove: {} };
  const time = second.time ?? first.time;
  if (time) out.time = time;
  for (const part of PARTS) {
    /** @type {Map<string, {id: string}>} */
    const added = new Map();
    /** @type {Map<string, {id: string}>} */
    const changed = new Map();
    /** @type {Set<string>} */
    const removed = new Set();
    for (const delta of [first, second]) {
      for (const id of delta.remove?.[part] ?? []) {
        if (!added.delete(id)) removed.add(id);
        changed.delete(id);
      }
      for (const item of delta.add?.[part] ?? [])
        (removed.delete(item.id) ? changed : added).set(item.id, item);
      for (const item of delta.change?.[part] ?? [])
        (added.has(item.id) ? added : changed).set(item.id, item);
    }
    Object.assign(out.add ?? {}, { [part]: [...added.values()] });
    Object.assign(out.change ?? {}, { [part]: [...changed.values()] });
    Object.assign(out.remove ?? {}, { [part]: [...removed] });
  }
  if (first.head || second.head) out.head = { ...first.head, ...second.head };
  const table = first.head?.table;
  if (second.head?.table) return out;
  if (table) Object.assign(out.head ?? {}, { table: withRows(table, second.rows) });
  else if (first.rows || second.rows) {
    out.rows = [...new Map([...(first.rows ?? []), ...(second.rows ?? [])])];
  }
  return out;
}

/**
 * A table with some of its rows replaced.
 * @param {import('../types.js').Table} table
 * @param {Delta['rows']} changed
 * @returns {import('../types.js').Table}
 */
function withRows(table, changed) {
  if (!changed?.length) return table;
  const rows = [...table.rows];
  for (const [place, row] of changed) rows[place] = row;
  return { ...table, rows };
}

/**
 * The delta that leads from one graph to another.
 * @param {Graph} from
 * @param {Graph} to
 * @returns {Delta}
 */
export function difference(from, to) {
  /** @type {Delta} */
  const delta = {
    rev: to.rev,
    prev: from.rev,
    time: to.time,
    add: {},
    change: {},
    remove: {},
    head: {},
  };
  for (const part of PARTS) {
    const old = new Map(from[part].map((item) => [item.id, item]));
    const now = new Set(to[part].map((item) => item.id));
    /** @type {{id: string}[]} */
    const items = to[part];
    const added = items.filter((item) => !old.has(item.id));
    const changed = items.filter((item) => old.has(item.id) && !isEqual(old.get(item.id), item));
    Object.assign(delta.add ?? {}, { [part]: added });
    Object.assign(delta.change ?? {}, { [part]: changed });
    Object.assign(delta.remove ?? {}, { [part]: [...old.keys()].filter((id) => !now.has(id)) });
  }
  for (const key of HEAD) {
    const name = /** @type {keyof Graph} */ (key);
    if (!isEqual(from[name], to[name]))
      Object.assign(delta.head ?? {}, { [key]: to[name] ?? null });
  }
  return delta;
}

/** A one-line account of a delta, as "+3 −1 ~9".
 * @param {Delta} delta */
export function summary(delta) {
  const count = (/** @type {{nodes?: unknown[]}|undefined} */ part) => part?.nodes?.length ?? 0;
  return `+${count(delta.add)} −${count(delta.remove)} ~${count(delta.change)}`;
}

/** The graph of one view, by id. */
export class GraphStore {
  constructor() {
    /** @type {Map<string, Node>} */
    this.nodes = new Map();
    /** @type {Map<string, Edge>} */
    this.edges = new Map();
    /** @type {Map<string, Group>} */
    this.groups = new Map();
    /** @type {Map<string, {node: Node, until: number}>} */
    this.ghosts = new Map();
    /** @type {Map<string, number>} until when a changed card keeps its dot */
    this.marks = new Map();
    /** @type {Map<string, import('../types.js').Writes>} of bins, as far as somebody has read them */
    this.writes = new Map();
    /** @type {Graph|null} */
    this.base = null;
  }

  /** The revision shown, 0 before the first graph. */
  get rev() {
    return this.base?.rev ?? 0;
  }

  /** The graph as one document, as a fresh load would give it. The order of elements is theirs.
   * @returns {Graph|null} */
  graph() {
    if (!this.base) return null;
    const [nodes, edges, groups] = [
      [...this.nodes.values()],
      [...this.edges.values()],
      [...this.groups.values()],
    ];
    return { ...this.base, nodes, edges, groups };
  }

  /** Forgets the graph, as before the first. */
  clear() {
    this.base = null;
  }

  /** Takes a graph as the first or as that of another view, forgetting what was shown.
   * @param {Graph} graph */
  load(graph) {
    this.ghosts.clear();
    this.marks.clear();
    this.writes.clear();
    this.base = graph;
    this.nodes = new Map(graph.nodes.map((n) => [n.id, n]));
    this.edges = new Map(graph.edges.map((e) => [e.id, e]));
    this.groups = new Map(graph.groups.map((g) => [g.id, g]));
  }

  /**
   * Whether a delta continues what is shown. One that begins earlier and ends later is fine,
   * because changed elements are sent whole.
   * @param {Delta} delta
   * @returns {'apply'|'old'|'gap'}
   */
  check(delta) {
    if (delta.rev <= this.rev) return 'old';
    return delta.prev <= this.rev ? 'apply' : 'gap';
  }

  /**
   * Applies a delta that `check` has let pass.
   * @param {Delta} delta
   * @param {number} now ms
   * @returns {Changes}
   */
  apply(delta, now) {
    if (!this.base) throw new Error('apply before load');
    /** @type {Changes} */
    const changes = { added: [], removed: [], changed: [], structure: false, head: [], any: false };
    for (const id of delta.remove?.nodes ?? []) {
      const node = this.nodes.get(id);
      if (!node) continue;
      this.nodes.delete(id);
      this.marks.delete(id);
      this.ghosts.set(id, { node, until: now + GHOST_MS });
      changes.removed.push(id);
    }
    for (const node of [...(delta.add?.nodes ?? []), ...(delta.change?.nodes ?? [])]) {
      const old = this.nodes.get(node.id);
      if (old && isEqual(old, node)) continue;
      if (old && (old.group !== node.group || old.lane !== node.lane)) changes.structure = true;
      this.nodes.set(node.id, node);
      this.ghosts.delete(node.id);
      this.marks.set(node.id, now + CHANGED_MS);
      (old ? changes.changed : changes.added).push(node.id);
    }
    const edges = this.#put(this.edges, delta, 'edges');
    const groups = this.#put(this.groups, delta, 'groups');
    const head = delta.rows?.length
      ? { ...delta.head, table: withRows(known(this.base.table), delta.rows) }
      : (delta.head ?? {});
    changes.head = Object.keys(head);
    changes.structure ||=
      changes.added.length + changes.removed.length > 0 || groups || changes.head.includes('lanes');
    changes.any =
      changes.structure || edges || changes.changed.length > 0 || changes.head.length > 0;
    this.base = { ...this.base, ...head, rev: delta.rev, time: delta.time ?? this.base.time };
    return changes;
  }

  /**
   * Takes a snapshot by its difference to what is shown.
   * @param {Graph} snapshot
   * @param {number} now ms
   * @returns {{delta: Delta, changes: Changes}}
   */
  merge(snapshot, now) {
    const shown = this.graph();
    if (!shown) throw new Error('merge before load');
    const delta = difference(shown, snapshot);
    return { delta, changes: this.apply(delta, now) };
  }

  /** Notes that nothing has changed up to a revision.
   * @param {number} rev @param {string} [time] */
  advance(rev, time) {
    if (this.base && rev > this.base.rev)
      this.base = { ...this.base, rev, time: time ?? this.base.time };
  }

  /**
   * Forgets ghosts and marks whose time is over.
   * @param {number} now ms
   * @returns {{ghosts: string[], marks: string[]}} what was forgotten
   */
  expire(now) {
    const over = [...this.ghosts].filter(([, g]) => g.until <= now).map(([id]) => id);
    const unmarked = [...this.marks].filter(([, until]) => until <= now).map(([id]) => id);
    for (const id of over) this.ghosts.delete(id);
    for (const id of unmarked) this.marks.delete(id);
    return { ghosts: over, marks: unmarked };
  }

  /**
   * @template {{id: string}} T
   * @param {Map<string, T>} map @param {Delta} delta @param {'edges'|'groups'} part
   * @returns {boolean} whether anything changed
   */
  #put(map, delta, part) {
    let any = false;
    for (const id of delta.remove?.[part] ?? []) any = map.delete(id) || any;
    const items = /** @type {T[]} */ (
      /** @type {unknown} */ ([...(delta.add?.[part] ?? []), ...(delta.change?.[part] ?? [])])
    );
    for (const item of items) {
      if (isEqual(map.get(item.id), item)) continue;
      map.set(item.id, item);
      any = true;
    }
    return any;
  }
}
