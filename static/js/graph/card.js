// @ts-check
/**
 * What one card looks like: silhouettes by kind, texts, conditions, badges. Values only; the
 * renderer makes them DOM, the export makes them text. A card's drawing is hidden from assistive
 * tools: the link the renderer lays over it carries the whole name, so that a shortened text never
 * contradicts it (WCAG 2.5.3).
 */
import { listingFace } from './card-listing.js';
import { binParts, lineParts, sheetParts, socketParts } from './card-parts.js';
import {
  bodySize,
  cardSize,
  columns,
  ended,
  ending,
  endingParts,
  fitted,
  middle,
  NOTE_LINE,
  SOCKET,
  textWidth,
  verdictClass,
  WIDE_MORE_MONO,
} from './measure.js';
import { stepNumber } from './step-number.js';
import { el, r1 } from './svgnode.js';

/**
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('./svgnode.js').SvgNode} SvgNode
 * @typedef {'full'|'name'} Detail
 */

/** Corner radius of a card.
 * @param {Node} node @param {number} h */
export const cardRadius = (node, h) =>
  node.paint === 'service' || node.grid
    ? 12
    : node.kind === 'Record' && (node.compact || node.pill)
      ? h / 2
      : 8;

/** The 4-px kind bar, clipped to the radius of the card.
 * @param {number} h @param {number} r @param {number} notch */
function bar(h, r, notch) {
  const dip = r1(r - Math.sqrt(r * r - (r - 4) * (r - 4)));
  const foot = `V${h - r} A${r} ${r} 0 0 0 4 ${r1(h - dip)} Z`;
  return notch
    ? `M4 ${notch - 4} L0 ${notch} ${foot}`
    : `M4 ${dip} A${r} ${r} 0 0 0 0 ${r} ${foot}`;
}

/** The body: pointed right for ways in, notched for DNS servers, both ends pointed for proxies.
 * @param {Node} node @param {number} w @param {number} h @param {number} r */
function body(node, w, h, r) {
  const cls = 'nv-card__body';
  const left = `H${r} A${r} ${r} 0 0 1 0 ${h - r} V${r} A${r} ${r} 0 0 1 ${r} 0 Z`;
  if (node.paint === 'ingress') {
    const nose = `Q${w - 15} 0 ${w - 13.5} 2.5 L${w - 1} ${h / 2 - 2} Q${w} ${h / 2} ${w - 1} ${h / 2 + 2} L${w - 13.5} ${h - 2.5} Q${w - 15} ${h} ${w - 18} ${h}`;
    return el('path', { class: cls, d: `M${r} 0 H${w - 18} ${nose} ${left}` });
  }
  if (node.icon === 'proxy') {
    const d = `M12 0 H${w - 12} L${w} ${h / 2} L${w - 12} ${h} H12 L0 ${h / 2} Z`;
    return el('path', { class: cls, d });
  }
  if (node.paint === 'dns' && node.kind !== 'Record') {
    const right = `H${w - r} A${r} ${r} 0 0 1 ${w} ${r} V${h - r} A${r} ${r} 0 0 1 ${w - r} ${h}`;
    const d = `M12 0 ${right} H${r} A${r} ${r} 0 0 1 0 ${h - r} V12 Z`;
    return el('path', { class: cls, d });
  }
  return el('rect', { class: cls, width: w, height: h, rx: r });
}

/** Sheets behind a card that stands for several objects; downward for slices.
 * @param {Node} node @param {number} w @param {number} h @param {number} r
 * @returns {SvgNode[]} */
function sheets(node, w, h, r) {
  const sheet = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ sw) =>
    el('rect', { class: 'nv-card__sheet', x, y, width: sw, height: h, rx: r });
  if (node.cells !== undefined || node.icon === 'proxy') return [];
  if (node.paint === 'slice') return [sheet(12, 8, w - 24), sheet(6, 4, w - 12)];
  if (node.ready || (node.count ?? 1) > 1) return [sheet(8, -8, w - 8), sheet(4, -4, w - 4)];
  return [];
}

/** The double outline of a Node, which is a container.
 * @param {Node} node @param {number} w @param {number} h @param {number} r */
function outer(node, w, h, r) {
  if (node.kind !== 'Node') return null;
  const g = node.compact ? 3 : 4;
  const size = { x: -g, y: -g, width: w + 2 * g, height: h + 2 * g, rx: r + g };
  return el('rect', { class: 'nv-card__outer', ...size });
}

/** @param {Node} node @param {string} icons @param {number} x @param {number} y @param {number} size */
const kindIcon = (node, icons, x, y, size) =>
  el('use', {
    class: 'nv-card__icon',
    href: `${icons}#k-${node.icon}`,
    x,
    y,
    width: size,
    height: size,
  });

/** @param {Node} node @param {string} icons @param {number} x @param {number} y @param {number} size */
const statusGlyph = (node, icons, x, y, size) =>
  node.state &&
  el('use', {
    class: `nv-status ${verdictClass(node.state)}`,
    href: `${icons}#st-${node.state}`,
    x,
    y,
    width: size,
    height: size,
  });

/**
 * Ready, serving, terminating: three dots with their letters, one path and one text per look.
 * @param {{ready: boolean, serving: boolean, terminating: boolean}} conditions
 * @param {number} w
 * @returns {SvgNode[]}
 */
function conditionDots({ ready, serving, terminating }, w) {
  const looks = [
    ready ? 'is-on' : 'is-off',
    serving ? 'is-on' : 'is-off',
    terminating ? 'is-warn' : 'is-off',
  ];
  return ['is-on', 'is-off', 'is-warn'].flatMap((look) => {
    const at = [0, 1, 2].filter((i) => looks[i] === look);
    if (at.length === 0) return [];
    const x = (/** @type {number} */ i) => w - 20 - (2 - i) * 17;
    const d = at.map((i) => `M${x(i) - 7} 49 a7 7 0 1 0 14 0 a7 7 0 1 0 -14 0 Z`).join(' ');
    const letters = at.map((i) => el('tspan', { x: x(i) }, 'RST'[i]));
    return [
      el('path', { class: `nv-cond ${look}`, d }),
      el('text', { class: `nv-cond__t ${look}`, y: 52.3 }, ...letters),
    ];
  });
}

/** Ready out of all, as a bar just above the bottom edge.
 * @param {[number, number]} ready @param {number} w @param {number} h
 * @returns {SvgNode[]} */
function readyBar([ready, all], w, h) {
  const width = w - 20;
  const on = all > 0 ? r1((width * Math.min(ready, all)) / all) : 0;
  const strip = (/** @type {string} */ cls, /** @type {number} */ x, /** @type {number} */ sw) =>
    sw > 0 && el('rect', { class: cls, x: r1(x), y: h - 6, width: r1(sw), height: 3, rx: 1.5 });
  const gap = on > 0 ? 2 : 0;
  const off = ready < all ? width - on - gap : 0;
  return /** @type {SvgNode[]} */ (
    [
      all === 0 && strip('nv-bar', 12, width),
      strip('nv-bar__on', 12, on),
      strip('nv-bar__off', 12 + on + gap, off),
    ].filter(Boolean)
  );
}

/** How wide a badge is, in px. @param {import('../types.js').Badge} badge */
const badgeWidth = ({ text }) => Math.round(textWidth(text, 10)) + 14;

/** The first badges that fit between the meta line's first word and the right edge; what is left is counted.
 * @param {import('../types.js').Badge[]} badges @param {number} room in px
 * @returns {import('../types.js').Badge[]} */
function fitting(badges, room) {
  for (let keep = badges.length; keep > 0; keep--) {
    const rest = badges.length - keep;
    const shown = [...badges.slice(0, keep), ...(rest ? [{ text: `+${rest}` }] : [])];
    if (shown.reduce((sum, badge) => sum + badgeWidth(badge) + 4, -4) <= room) return shown;
  }
  return badges.length > 1 ? [{ text: `+${badges.length}` }] : [];
}

/** The badges of a card from the right edge leftwards, and how wide they are together.
 * @param {Node} node @param {number} w
 * @returns {{parts: SvgNode[], used: number}} */
function badgeTray({ badges = [], meta = '' }, w) {
  let x = w - 10;
  const first = Math.min(15, meta.split(' ', 1)[0]?.length ?? 0);
  const parts = [];
  for (const badge of fitting(badges, x - Math.max(92, 52 + first * 6.6)).reverse()) {
    const width = badgeWidth(badge);
    x -= width;
    parts.push(
      el(
        'g',
        { class: `nv-badge ${verdictClass(badge.state)}`, transform: `translate(${r1(x)} 41)` },
        el('rect', { width: r1(width), height: 16, rx: 5 }),
        el('text', { x: r1(width / 2), y: 11.5 }, badge.text),
      ),
    );
    x -= 4;
  }
  return { parts, used: w - x };
}

/** Icon and a larger name: what a card shows between zoom 0.3 and 0.6.
 * @param {Node} node @param {string} icons @param {number} w @param {number} h
 * @returns {SvgNode[]} */
function farFace(node, icons, w, h) {
  const size = node.compact ? 18 : 24;
  const chars = Math.floor((w - 44 - (node.state ? 34 : 10)) / 11);
  return /** @type {SvgNode[]} */ (
    [
      kindIcon(node, icons, 14, (h - size) / 2, size),
      el(
        'text',
        { class: 'nv-card__far', x: 18 + size + 4, y: h / 2 + 6.5 },
        middle(node.name, chars),
      ),
      statusGlyph(node, icons, w - (node.paint === 'ingress' ? 42 : 32), (h - 20) / 2, 20),
    ].filter(Boolean)
  );
}

/** @param {Node} node @param {string} icons @param {number} w @returns {SvgNode[]} */
function compactFace(node, icons, w) {
  const end = node.state ? (node.paint === 'ingress' ? 40 : 32) : 12;
  const room = w - 42 - end;
  const name = textWidth(node.name, 13);
  const meta = node.meta && room - name > columns(node.meta) * 6.7 + 8 ? node.meta : '';
  return /** @type {SvgNode[]} */ (
    [
      el('circle', { class: 'nv-card__disc', cx: 24, cy: 20, r: 11 }),
      kindIcon(node, icons, 17.5, 13.5, 13),
      el('text', { class: 'nv-card__name', x: 42, y: 24.5 }, fitted(node.name, room)),
      meta && el('text', { class: 'nv-card__meta is-end', x: w - end, y: 24 }, meta),
      statusGlyph(node, icons, w - end + 6, 13, 14),
    ].filter(Boolean)
  );
}

/** The size at which the usual face is about as wide as the small capitals of a card's first line. */
const CAPITALS = 12.4;

/** @param {Node} node @param {string} icons @param {number} w @param {number} h
 * @returns {SvgNode[]} */
function fullFace(node, icons, w, h) {
  const nose = node.paint === 'ingress' || node.icon === 'proxy' ? 8 : 0;
  const tray = badgeTray(node, w - nose);
  const used = node.conditions ? 64 : tray.used + (tray.parts.length ? nose : 0);
  const cy = node.ready ? 29 : 32;
  const kind = node.overline ?? node.kind;
  const more = node.variant ? ` · ${node.variant}` : '';
  const glyph = w - (node.paint === 'ingress' ? 36 : 26);
  const variant = ended(more, glyph - 48 - textWidth(kind, CAPITALS), CAPITALS);
  return /** @type {SvgNode[]} */ (
    [
      el('circle', { class: 'nv-card__disc', cx: 25, cy, r: 13 }),
      kindIcon(node, icons, 17, cy - 8, 16),
      el(
        'text',
        { class: 'nv-card__over', x: 46, y: 19 },
        el('tspan', { class: 'kind' }, kind),
        variant,
      ),
      el('text', { class: 'nv-card__name', x: 46, y: 36 }, fitted(node.name, w - 46 - 18)),
      node.meta &&
        el(
          'text',
          { class: 'nv-card__meta', x: 46, y: 53 },
          endingParts(node.meta, (w - 46 - used) / 6.6, WIDE_MORE_MONO),
        ),
      statusGlyph(node, icons, glyph, 9, 15),
      ...(node.ready ? readyBar(node.ready, w, h) : []),
      ...(node.conditions ? conditionDots(node.conditions, w) : tray.parts),
      ...lineParts(node, w),
    ].filter(Boolean)
  );
}

/** Numbers of a trace's steps, from the top left corner along the upper edge.
 * @param {Node} node @returns {SvgNode[]} */
const stepMarks = (node) =>
  (node.steps ?? []).map((mark, i) => stepNumber(4 + i * 26, node.compact ? -3 : -1, mark));

/** What a plan makes of a card: a plus or a minus at its top left corner.
 * @param {Node} node @returns {SvgNode|null} */
const planSign = ({ sign }) =>
  sign
    ? el(
        'g',
        { class: `nv-sign ${sign === '+' ? 'is-gained' : 'is-lost'}`, transform: 'translate(2 0)' },
        el('circle', { r: 9.5 }),
        el('path', { d: sign === '+' ? 'M-4 0H4M0-4V4' : 'M-4 0H4' }),
      )
    : null;

/**
 * The drawing of a card, from its top left corner.
 * @param {Node} node
 * @param {{detail?: Detail, icons?: string, writes?: import('../types.js').Writes|undefined}} [how] `icons` is the sprite's
 *   address, '' when inlined; `writes` what the latest writes of a bin came to
 * @returns {SvgNode[]}
 */
export function cardDrawing(node, { detail = 'full', icons = '', writes } = {}) {
  if (node.sockets) return socketed(node, { detail, icons });
  if (node.grid) return sheet(node, node.grid);
  const { w, h } = node.cells === undefined ? bodySize(node) : cardSize(node);
  const r = cardRadius(node, h);
  const notch = node.paint === 'dns' && node.kind !== 'Record' ? 12 : 0;
  const notes = detail === 'full' ? (node.notes ?? []).slice(0, 2) : [];
  const plainBar = node.icon === 'proxy' || node.kind === 'Record';
  return /** @type {SvgNode[]} */ (
    [
      outer(node, w, h, r),
      ...sheets(node, w, h, r),
      body(node, w, h, r),
      plainBar ? null : el('path', { class: 'nv-card__bar', d: bar(h, r, notch) }),
      ...(detail === 'name'
        ? farFace(node, icons, w, h)
        : node.listing
          ? listingFace(node, icons, w)
          : node.compact
            ? compactFace(node, icons, w)
            : fullFace(node, icons, w, h)),
      ...(detail === 'full' && node.cells !== undefined ? binParts(node, writes) : []),
      ...notes.map((note, i) =>
        el(
          'text',
          { class: 'nv-note', x: 2, y: h + NOTE_LINE * (i + 1) + 4 },
          ending(note, w / 5.5),
        ),
      ),
      ...(detail === 'full' ? stepMarks(node) : []),
      planSign(node),
    ].filter(Boolean)
  );
}

/** A card with its sockets at the left.
 * @param {Node} node @param {{detail: Detail, icons: string}} how @returns {SvgNode[]} */
function socketed(node, how) {
  const { h } = cardSize(node);
  const own = bodySize(node);
  const at = `translate(${SOCKET.w + SOCKET.gap} ${(h - own.h) / 2})`;
  const { sockets: _, ...plain } = node;
  return [...socketParts(node, h), el('g', { transform: at }, ...cardDrawing(plain, how))];
}

/** A table as a card.
 * @param {Node} node @param {{heads: string[], rows: string[][]}} grid @returns {SvgNode[]} */
function sheet(node, grid) {
  const { w, h } = cardSize(node);
  const outline = el('rect', { class: 'nv-card__body', width: w, height: h, rx: 12 });
  return [outline, ...sheetParts(grid)];
}

/** The classes of a card's outermost element.
 * @param {Node} node */
export function cardClass(node) {
  const paint = node.paint === 'namespace' || node.paint === 'proxy' ? 'node' : node.paint;
  const looks = [
    node.paint === 'external' && !node.grid && 'nv-card--dash',
    node.assumed && 'nv-card--assumed',
    node.faint && 'nv-card--faint',
    node.ghost && 'nv-card--ghost',
    node.mark && `nv-card--${node.mark}`,
    node.steps?.some(({ state }) => state === 'stop') && 'nv-card--deny',
  ].filter(Boolean);
  return ['nv-card', `k-${paint}`, ...looks].join(' ');
}
