// @ts-check
/**
 * What one edge looks like along its route: halo, line, head, the stop of a denied one and the
 * faint rest beyond it, pill, shields, step number. Values only, like `card.js`.
 *
 * @typedef {import('../types.js').Edge} Edge
 * @typedef {import('./routes.js').Route} Route
 * @typedef {import('./svgnode.js').SvgNode} SvgNode
 */
import { cut, pathOf } from './curve.js';
import { pillText, pillWidth } from './routes.js';
import { stepNumber } from './step-number.js';
import { el, r1 } from './svgnode.js';

/** @type {Record<string, string>} */
const VERDICTS = {
  allow: 'allow',
  deny: 'deny',
  unknown: 'unknown',
  notready: 'unknown',
  own: 'own',
  dns: 'dns',
};

/** The line width of an edge that stands for `count`: log2(count) + 1, from 2 to 7.
 * @param {number|undefined} count */
export const edgeWidth = (count) =>
  Math.min(7, Math.max(2, Math.round(Math.log2(Math.max(1, count ?? 1)) + 1)));

/** Edges that stand closer than this, in px, are tight: their halos would hide one another. */
const TIGHT = 8;

/** The classes of an edge's outermost element. It is no wider than the room to the next edge.
 * @param {Edge} edge @param {Route} route */
export function edgeClass(edge, { room }) {
  const width = Math.min(edgeWidth(edge.count), Math.max(2, Math.floor(room - 2)));
  return [
    'nv-edge',
    `v-${VERDICTS[edge.state] ?? 'unknown'}`,
    edge.state === 'notready' && 'is-notready',
    edge.family === 'IPv6' && 'is-double',
    edge.faint && 'is-faint',
    edge.sign && 'is-signed',
    room < TIGHT && 'is-tight',
    width > 2 && edge.state !== 'own' && `w${width}`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** @param {number} x @param {number} y @returns {SvgNode} */
const stopDisc = (x, y) =>
  el(
    'g',
    { class: 'nv-stop', transform: `translate(${r1(x)} ${r1(y)})` },
    el('circle', { r: 9.5 }),
    el('path', { d: 'M-3 -3 3 3M3 -3-3 3' }),
  );

/** @param {import('../types.js').Point} at @param {string} text @param {string} verdict @param {boolean} plain */
function pill([x, y], text, verdict, plain) {
  const w = pillWidth(text, plain);
  return el(
    'g',
    {
      class: `nv-pill v-${verdict}${plain ? ' nv-pill--plain' : ''}`,
      transform: `translate(${r1(x - w / 2)} ${r1(y - 9)})`,
    },
    el('rect', { width: w, height: 18, rx: 9 }),
    el('text', { x: r1(w / 2), y: 12.6 }, text),
  );
}

/** @param {number} x @param {number} y @param {{text: string, state: 'allow'|'deny'}} side */
const shield = (x, y, { text, state }) =>
  el(
    'g',
    {
      class: `nv-shield v-${state}${state === 'deny' ? ' is-solid' : ''}`,
      transform: `translate(${r1(x - 9)} ${r1(y - 10)})`,
    },
    el('path', { d: 'M9 .8 17 3.7v6.1c0 4.8-3.3 8-8 9.6-4.7-1.6-8-4.8-8-9.6V3.7z' }),
    el('text', { x: 9, y: 13 }, text),
  );

/** The steps of a trace that an edge stands for.
 * @param {Edge} edge @returns {import('../types.js').StepMark[]} */
const marksOf = (edge) =>
  edge.steps ??
  (edge.step
    ? [{ number: edge.step, state: edge.state === 'deny' ? 'stop' : edge.faint ? 'off' : 'pass' }]
    : []);

/** A plus or minus on its disc: what a plan gains or loses.
 * @param {number} x @param {number} y @param {'+'|'-'} sign */
const signDisc = (x, y, sign) =>
  el(
    'g',
    {
      class: `nv-sign ${sign === '+' ? 'is-gained' : 'is-lost'}`,
      transform: `translate(${r1(x)} ${r1(y)})`,
    },
    el('circle', { r: 9.5 }),
    el('path', { d: sign === '+' ? 'M-4 0H4M0-4V4' : 'M-4 0H4' }),
  );

/** The head: 7 long, 8 wide, its tip on the card.
 * @param {Route} route */
function head({ curve, into }) {
  const [x, y] = curve[3];
  const back = r1(x - into * 7);
  return el('path', {
    class: 'nv-edge__head',
    d: `M${back} ${r1(y - 4)} L${r1(x)} ${r1(y)} L${back} ${r1(y + 4)} Z`,
  });
}

/** The path of an edge up to where it stops, and of the rest beyond.
 * @param {Edge} edge @param {Route} route
 * @returns {{line: string, rest: string|null, tip: import('../types.js').Point}} */
export function edgePath(edge, route) {
  if (route.path) return { line: route.path, rest: null, tip: route.curve[3] };
  if (route.stop !== null) {
    const [before, after] = cut(route.curve, route.stop);
    return { line: pathOf(before), rest: pathOf(after), tip: before[3] };
  }
  const pointed = edge.state !== 'own';
  const [a, b, c, d] = route.curve;
  /** @type {import('../types.js').Point} */
  const end = pointed ? [d[0] - route.into * 6, d[1]] : d;
  return { line: pathOf([a, b, c, end]), rest: null, tip: d };
}

/**
 * An edge in two parts: what lies below every label, and its labels and stop, which are drawn
 * above all lines.
 * @param {Edge} edge
 * @param {Route} route
 * @param {{detail?: 'full'|'name'}} [how]
 * @returns {{under: SvgNode[], over: SvgNode[]}}
 */
export function edgeParts(edge, route, { detail = 'full' } = {}) {
  const { line, rest, tip } = edgePath(edge, route);
  const text = detail === 'full' ? pillText(edge) : '';
  const plain = edge.state === 'own';
  const verdict = VERDICTS[edge.state] ?? 'unknown';
  const [x, y] = route.at;
  const shields = detail === 'full' ? (edge.shields ?? []) : [];
  const shieldX = x + (text ? pillWidth(text, plain) / 2 + 14 : -(shields.length - 1) * 10);
  const marks = marksOf(edge);
  const beside = (text ? pillWidth(text, plain) / 2 : shields.length * 10) + 15;
  const numberX = x - (text || shields.length ? beside : 0) - (marks.length - 1) * 25;
  const under = [
    rest && el('path', { class: 'nv-edge__rest', d: rest }),
    detail === 'full' && el('path', { class: 'nv-edge__halo', d: line }),
    el('path', { class: 'nv-edge__line', d: line }),
    edge.family === 'IPv6' && el('path', { class: 'nv-edge__core', d: line }),
    edge.state !== 'own' && route.stop === null && head(route),
    route.port &&
      el('circle', {
        class: 'nv-edge__port',
        cx: r1(route.curve[0][0]),
        cy: r1(route.curve[0][1]),
        r: 5,
      }),
  ];
  const over = [
    route.stop !== null && stopDisc(tip[0], tip[1]),
    text && pill(route.at, text, verdict, plain),
    ...shields.map((side, i) => shield(shieldX + i * 20, y, side)),
    ...marks.map((mark, i) => stepNumber(numberX + i * 25, y, mark)),
    edge.sign && signDisc(x - (text ? pillWidth(text, plain) / 2 + 13 : 0), y, edge.sign),
  ];
  return {
    under: /** @type {SvgNode[]} */ (under.filter(Boolean)),
    over: /** @type {SvgNode[]} */ (over.filter(Boolean)),
  };
}

/**
 * The drawing of an edge. `detail` 'name' leaves halo and pills out.
 * @param {Edge} edge
 * @param {Route} route
 * @param {{detail?: 'full'|'name'}} [how]
 * @returns {SvgNode[]}
 */
export function edgeDrawing(edge, route, how) {
  const { under, over } = edgeParts(edge, route, how);
  return [...under, ...over];
}
