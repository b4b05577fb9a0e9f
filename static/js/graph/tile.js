// @ts-check
/**
 * A namespace tile of the cluster level: name, findings, a ring of readiness and the number of
 * Pods. Values only, like `card.js`.
 */
import { ending, middle, textWidth, verdictClass } from './measure.js';
import { el, r1 } from './svgnode.js';

/**
 * @typedef {import('../types.js').Node} Node
 * @typedef {import('./svgnode.js').SvgNode} SvgNode
 */

/** @param {number} cx @param {number} cy @param {number} r @param {[number, number]} ready
 * @returns {SvgNode[]} */
function ring(cx, cy, r, [ready, all]) {
  const length = 2 * Math.PI * r;
  const on = all > 0 ? (length * Math.min(ready, all)) / all : 0;
  const width = r1(r * 0.28);
  return [
    el('circle', {
      class: ready < all ? 'nv-ring__off' : 'nv-ring',
      cx,
      cy,
      r,
      'stroke-width': width,
    }),
    el('circle', {
      class: 'nv-ring__on',
      cx,
      cy,
      r,
      'stroke-width': width,
      'stroke-dasharray': `${r1(on)} ${r1(length)}`,
      transform: `rotate(-90 ${cx} ${cy})`,
    }),
  ];
}

/** @param {Node} node @param {string} icons @param {number} w
 * @returns {{parts: SvgNode[], used: number}} */
function findings(node, icons, w) {
  let x = w - 12;
  const parts = [];
  for (const badge of [...(node.badges ?? [])].reverse()) {
    const glyph = badge.state ?? 'unknown';
    const width = Math.round(textWidth(badge.text, 11)) + 33;
    if (x - width < 84) break;
    x -= width;
    parts.push(
      el(
        'g',
        { class: `nv-badge ${verdictClass(badge.state)}`, transform: `translate(${r1(x)} 12)` },
        el('rect', { width, height: 20, rx: 10 }),
        el('use', {
          class: `nv-status ${verdictClass(glyph)}`,
          href: `${icons}#st-${glyph}`,
          x: 6,
          y: 4,
          width: 12,
          height: 12,
        }),
        el('text', { class: 'l', x: 22, y: 13.8 }, badge.text),
      ),
    );
    x -= 5;
  }
  return { parts, used: w - x };
}

/** The largest parts of a tile, up to four, as bars.
 * @param {{text: string, value: number}[]} top @param {number} x @param {number} h
 * @returns {SvgNode[]} */
function bars(top, x, h) {
  const shown = top.slice(0, h > 200 ? 4 : 2);
  const most = Math.max(...shown.map((t) => t.value), 1);
  const y = h / 2 - shown.length * 14;
  return shown.flatMap(({ text, value }, i) => [
    el('text', { class: 'nv-tile__word', x, y: y + i * 28 + 12 }, ending(text, 22)),
    el('text', { class: 'nv-tile__value', x: x + 190, y: y + i * 28 + 12 }, grouped(value)),
    el('rect', { class: 'nv-bar', x, y: y + i * 28 + 17, width: 190, height: 4, rx: 2 }),
    el('rect', {
      class: 'nv-tile__bar',
      x,
      y: y + i * 28 + 17,
      width: r1((190 * value) / most),
      height: 4,
      rx: 2,
    }),
  ]);
}

/** A count with thousands separated, the same in every locale so that exports are equal.
 * @param {number} n */
export const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/**
 * The drawing of a tile, from its top left corner.
 * @param {Node} node
 * @param {import('../types.js').Rect} rect
 * @param {{detail?: 'full'|'name', icons?: string}} [how]
 * @returns {SvgNode[]}
 */
export function tileDrawing(node, { w, h }, { detail = 'full', icons = '' } = {}) {
  const small = h < 100;
  const bare = detail === 'name';
  const ready = node.ready ?? [node.size ?? 0, node.size ?? 0];
  const { parts, used } = findings(node, icons, w);
  const out = [
    el('rect', { class: 'nv-card__body nv-tile', width: w, height: h, rx: 12 }),
    el('use', {
      class: 'nv-card__icon',
      href: `${icons}#k-${node.icon}`,
      x: 14,
      y: 14,
      width: 16,
      height: 16,
    }),
    el(
      'text',
      { class: 'nv-tile__name', x: 38, y: 27 },
      middle(node.name, Math.floor((w - 46 - (bare ? 0 : used)) / 7.9)),
    ),
  ];
  if (!bare) out.push(...parts);
  const pods = node.size ?? ready[1];
  if (small) {
    out.push(...ring(25, 50, 9, ready));
    out.push(
      el(
        'text',
        { class: 'nv-tile__small', x: 44, y: 55 },
        grouped(pods),
        bare
          ? null
          : el(
              'tspan',
              { class: 'nv-tile__word', dx: 6 },
              ending(node.word ?? '', Math.floor((w - 100) / 6.2)),
            ),
      ),
    );
    return out;
  }
  const r = Math.min(46, Math.round((h - 92) / 2.1), Math.round(w / 8));
  const cy = r1(h / 2 + (node.meta ? -2 : 14));
  const cx = 18 + r * 1.14;
  const size = r > 34 ? 'is-xl' : r > 24 ? 'is-l' : '';
  out.push(...ring(r1(cx), cy, r, ready));
  out.push(
    el(
      'text',
      { class: `nv-tile__n ${size}`, x: r1(cx + r * 1.14 + 14), y: cy + (bare ? 8 : 0) },
      grouped(pods),
    ),
  );
  if (bare) return out;
  const room = Math.floor((w - cx - r - 40) / 6);
  out.push(
    el(
      'text',
      { class: 'nv-tile__word', x: r1(cx + r * 1.14 + 14), y: cy + 18 },
      ending(node.word ?? '', room),
    ),
  );
  if (node.top?.length && w > 500) out.push(...bars(node.top, w - 262, h));
  if (node.meta) {
    out.push(el('path', { class: 'nv-tile__rule', d: `M14 ${h - 42} H${w - 14}` }));
    out.push(
      el(
        'text',
        { class: 'nv-tile__word', x: 14, y: h - 18 },
        ending(node.meta, Math.floor((w - 28) / 6.1)),
      ),
    );
  }
  return out;
}
