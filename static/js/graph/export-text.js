// @ts-check
/** A view as JSON, CSV, Mermaid and Markdown. Pure; the same graph gives the same bytes. */
import { gettext } from '../state/words.js';
import { compareText } from './layout-lanes.js';

/** @typedef {import('../types.js').Graph} Graph */
/** @typedef {import('../types.js').Edge} Edge */
/** @typedef {import('../types.js').Outline} Outline */

/** @param {{id: string}} a @param {{id: string}} b */
const byId = (a, b) => compareText(a.id, b.id);

/** The graph with the query it answers.
 * @param {Graph} graph @param {string} url */
export function exportJson(graph, url) {
  const sorted = {
    nodes: [...graph.nodes].sort(byId),
    edges: [...graph.edges].sort(byId),
    groups: [...graph.groups].sort(byId),
  };
  return `${JSON.stringify({ rev: graph.rev, query: new URL(url).search, url, graph: { ...graph, ...sorted } }, null, 2)}\n`;
}

/** A CSV field. Text that a spreadsheet would take for a formula is marked as text.
 * @param {string} text */
function field(text) {
  const safe = /^[=+@-]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The table (RFC 4180).
 * @param {Graph} graph */
export function exportCsv(graph) {
  const { columns, rows } = graph.table ?? { columns: [], rows: [] };
  const lines = [columns.map((c) => c.label), ...rows.map((r) => r.cells.map((c) => c.text))];
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

/** Text inside Mermaid's quotes.
 * @param {string} text */
const inQuotes = (text) =>
  text
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('\n', ' ');

/** @param {Edge} edge @param {Map<string, string>} names */
function mermaidEdge(edge, names) {
  const label = edge.label ? `|"${inQuotes(edge.label)}"|` : '';
  /** @type {Record<string, string>} */
  const arrows = {
    allow: '-->',
    deny: '-.-x',
    notready: '-.->',
    unknown: '-.->',
    own: '---',
    dns: '-->',
  };
  return `  ${names.get(edge.from)} ${arrows[edge.state] ?? '-->'}${label} ${names.get(edge.to)}`;
}

/** A Mermaid flowchart.
 * @param {Graph} graph */
export function exportMermaid(graph) {
  const nodes = [...graph.nodes].sort(byId);
  const names = new Map(nodes.map((n, i) => [n.id, `n${i}`]));
  const groups = [...graph.groups].sort(byId);
  const known = new Set(groups.map((g) => g.id));
  const line = (/** @type {import('../types.js').Node} */ n) =>
    `${names.get(n.id)}["${inQuotes([n.overline || n.kind, n.name].join(' '))}${n.meta ? `<br/>${inQuotes(n.meta)}` : ''}"]`;
  const out = ['flowchart LR'];
  const open = (/** @type {string|null} */ parent, /** @type {string} */ indent) => {
    for (const group of groups.filter(
      (g) => (g.parent && known.has(g.parent) ? g.parent : null) === parent,
    )) {
      out.push(`${indent}subgraph g${groups.indexOf(group)}["${inQuotes(group.label)}"]`);
      open(group.id, `${indent}  `);
      for (const node of nodes.filter((n) => n.group === group.id))
        out.push(`${indent}  ${line(node)}`);
      out.push(`${indent}end`);
    }
  };
  open(null, '  ');
  for (const node of nodes.filter((n) => !n.group || !known.has(n.group)))
    out.push(`  ${line(node)}`);
  const ends = new Map([...names, ...groups.map((g, i) => /** @type {const} */ ([g.id, `g${i}`]))]);
  for (const edge of [...graph.edges].sort(byId))
    if (ends.has(edge.from) && ends.has(edge.to)) out.push(mermaidEdge(edge, ends));
  return `${out.join('\n')}\n`;
}

/** Text in Markdown, with what Markdown would read as markup escaped.
 * @param {string} text */
const plain = (text) => text.replace(/[\\`*_[\]<>|#]/g, '\\$&').replaceAll('\n', ' ');

/** @param {Outline[]} outline @param {string} indent @returns {string[]} */
const list = (outline, indent) =>
  outline.flatMap((entry, i) => [
    `${indent}${indent ? '-' : `${i + 1}.`} ${plain(entry.text)}`,
    ...list(entry.items ?? [], `${indent}   `),
  ]);

/** Title, verdict, outline and table in Markdown.
 * @param {Graph} graph @param {string} url */
export function exportMarkdown(graph, url) {
  const { columns, rows } = graph.table ?? { columns: [], rows: [] };
  const row = (/** @type {string[]} */ cells) => `| ${cells.map(plain).join(' | ')} |`;
  const table = columns.length
    ? [
        '',
        row(columns.map((c) => c.label)),
        `|${columns.map((c) => (c.align === 'right' ? ' --: |' : ' --- |')).join('')}`,
        ...rows.map((r) => row(r.cells.map((c) => c.text))),
      ]
    : [];
  const verdict = graph.verdict
    ? [
        '',
        `**${plain(graph.verdict.text)}**`,
        ...(graph.verdict.why ? [plain(graph.verdict.why)] : []),
      ]
    : [];
  const source = [
    '',
    gettext('Revision %(rev)s, %(time)s: <%(url)s>', { rev: graph.rev, time: graph.time, url }),
  ];
  return `${[`# ${plain(graph.title)}`, ...verdict, '', ...list(graph.text ?? [], ''), ...table, ...source].join('\n')}\n`;
}
