// @ts-check
/**
 * Which nodes of a graph a query means. Pure. The browser compares words the server has sent
 * (`kind`, `namespace`, `name`, `state`, `word`, and the values under `find`); it derives nothing.
 * `cluster/questions/query/matching.py` says the same on the server: change both.
 *
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('../types.js').Edge} Edge
 * @typedef {import('./query.js').Query} Query
 * @typedef {import('./query.js').FieldQuery} FieldQuery
 */
import { containsAddress, isAddressBlock, sameAddress } from './cidr.js';
import { known } from './known.js';

/** Short names of kinds, as kubectl accepts them. */
/** @type {Record<string, string>} */
export const SHORT_KINDS = {
  svc: 'service',
  po: 'pod',
  eps: 'endpointslice',
  slice: 'endpointslice',
  ep: 'endpoints',
  ing: 'ingress',
  netpol: 'networkpolicy',
  no: 'node',
  ns: 'namespace',
  deploy: 'deployment',
  sts: 'statefulset',
  ds: 'daemonset',
  rs: 'replicaset',
  rc: 'replicationcontroller',
  cj: 'cronjob',
  cm: 'configmap',
  sa: 'serviceaccount',
};

/** The fields whose values a word without a field is looked for in. */
const WORD_FIELDS = ['name', 'ip', 'finding'];

/** The plural of a kind, lower case, as its API names it.
 * @param {string} kind */
export function plural(kind) {
  const word = kind.toLowerCase();
  if (word === 'endpoints') return word;
  if (word.endsWith('s')) return `${word}es`;
  return word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`;
}

/** Whether a value fits a pattern in which `*` stands for anything; case does not matter.
 * @param {string} pattern @param {string} value */
export function fits(pattern, value) {
  const [p, v] = [pattern.toLowerCase(), value.toLowerCase()];
  if (!p.includes('*')) return p === v;
  const parts = p.split('*');
  const [first, last] = [known(parts[0]), known(parts.at(-1))];
  if (!v.startsWith(first) || !v.endsWith(last) || v.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = v.indexOf(part, at);
    if (found < 0 || found + part.length > v.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * The values of a node a field looks at.
 * @param {Node} node @param {string} field @returns {string[]}
 */
export function valuesOf(node, field) {
  const found = node.find?.[field] ?? [];
  if (field === 'kind') return [node.kind, ...found];
  if (field === 'ns') return [node.kind === 'Namespace' ? node.name : node.namespace, ...found];
  if (field === 'name') return [node.name, ...found];
  if (field === 'status')
    return [node.word ?? '', node.state ?? '', node.variant ?? '', ...found].filter(Boolean);
  if (field === 'finding') return [...(node.badges ?? []).map((b) => b.text), ...found];
  return found;
}

/** @param {string} value @param {string} label */
const labelFits = (value, label) =>
  value.includes('=') ? fits(value, label) : fits(value, label.split('=')[0] ?? '');

/** @param {Node} node @param {FieldQuery} query @returns {boolean} */
function matchesField(node, { field, op, value }) {
  const values = valuesOf(node, field);
  if (op === '>' || op === '<') {
    const bound = Number.parseFloat(value);
    return values.map(Number.parseFloat).some((n) => (op === '>' ? n > bound : n < bound));
  }
  if (op === '~') return values.some((k) => k.toLowerCase().includes(value.toLowerCase()));
  if (field === 'label') {
    const [, key, unwanted] = /^([^!=]+)!=(.*)$/.exec(value) ?? [];
    if (key) return !values.some((k) => fits(`${key}=${unwanted}`, k));
  }
  const any = value
    .split(',')
    .some((wanted) => values.some((k) => fitsField(field, op, wanted, k)));
  return op === '!=' ? !any : any;
}

/** Whether one value is what a field asks for.
 * @param {string} field @param {FieldQuery['op']} op @param {string} wanted @param {string} value */
function fitsField(field, op, wanted, value) {
  if (field === 'kind') {
    const kind = SHORT_KINDS[wanted.toLowerCase()] ?? wanted;
    return fits(kind, value) || fits(kind, plural(value));
  }
  if (field === 'ip')
    return isAddressBlock(wanted)
      ? containsAddress(wanted, value)
      : sameAddress(wanted, value) || fits(wanted, value);
  if (field === 'label') return labelFits(wanted, value);
  if (field === 'status' && op === ':' && fits(wanted, value.replaceAll(' ', ''))) return true;
  return fits(wanted, value);
}

/** @param {Node} node @param {string} word */
function matchesWord(node, word) {
  const typed = word.toLowerCase();
  const texts = [
    node.name,
    node.namespace,
    node.kind,
    `${node.namespace}/${node.name}`,
    node.meta ?? '',
    node.word ?? '',
    ...WORD_FIELDS.flatMap((field) => valuesOf(node, field)),
  ];
  if (typed.includes('*')) return texts.some((t) => fits(word, t));
  return texts.some((t) => t.toLowerCase().includes(typed));
}

/** The ids reached from some nodes along edges, and these nodes.
 * @param {Set<string>} seeds @param {Edge[]} edges @param {'from'|'to'|'both'} way @param {number} depth */
function reach(seeds, edges, way, depth) {
  const all = new Set(seeds);
  let front = seeds;
  for (let i = 0; i < depth && front.size > 0; i++) {
    const next = new Set();
    for (const { from, to } of edges) {
      if (way !== 'to' && front.has(from) && !all.has(to)) next.add(to);
      if (way !== 'from' && front.has(to) && !all.has(from)) next.add(from);
    }
    for (const id of next) all.add(id);
    front = next;
  }
  return all;
}

/**
 * The ids of the nodes a query means.
 * @param {Query} query
 * @param {{nodes: Iterable<Node>, edges: Iterable<Edge>}} graph
 * @returns {Set<string>}
 */
export function matching(query, graph) {
  const [nodes, edges] = [[...graph.nodes], [...graph.edges]];
  /** @param {(node: Node) => boolean} test */
  const where = (test) => new Set(nodes.filter(test).map((n) => n.id));
  /** @param {Query} q @returns {Set<string>} */
  const run = (q) => {
    switch (q.type) {
      case 'all':
        return where(() => true);
      case 'and': {
        const parts = q.of.map(run);
        return where((n) => parts.every((part) => part.has(n.id)));
      }
      case 'or':
        return new Set(q.of.flatMap((part) => [...run(part)]));
      case 'not': {
        const out = run(q.of);
        return where((n) => !out.has(n.id));
      }
      case 'word':
        return where((n) => matchesWord(n, q.value));
      case 'field':
        return where((n) => matchesField(n, q));
      case 'reach':
        return reach(run(q.of), edges, q.way, 1);
      case 'near':
        return reach(
          where(
            (n) =>
              n.id === q.value ||
              fits(q.value, n.name) ||
              fits(q.value, `${n.namespace}/${n.name}`),
          ),
          edges,
          'both',
          q.depth,
        );
      case 'denied': {
        const denied = edges.filter(
          (e) =>
            e.state === 'deny' && (e.why ?? []).some((r) => namesPolicy(r.object ?? '', q.value)),
        );
        return new Set(denied.flatMap((e) => [e.from, e.to]));
      }
    }
  };
  return run(query);
}

/** Whether an object in words ("NetworkPolicy shop/deny-all") is the policy named.
 * @param {string} object @param {string} name */
function namesPolicy(object, name) {
  const full = object.split(' ').pop() ?? '';
  return fits(name, full) || fits(name, full.split('/').pop() ?? '');
}
