// @ts-check
/** The boxes around groups, and the headers of lanes. Values only, like `card.js`. */
import { gettext } from '../state/words.js';
import { BOX, columns, ending, kindClass, textWidth, verdictClass } from './measure.js';
import { el, r1 } from './svgnode.js';
import { grouped } from './tile.js';

/** @typedef {import('./svgnode.js').SvgNode} SvgNode */

/** @type {Record<string, string>} */
const LOOKS = { namespace: 'ns', off: 'off', node: 'node', band: 'band' };

/**
 * The drawing of one box in drawing coordinates.
 * @param {import('../types.js').Group} group
 * @param {import('../types.js').Box} box
 * @param {{icons?: string, bare?: boolean}} [how] `bare` leaves the texts out
 * @returns {SvgNode}
 */
export function boxDrawing(group, box, { icons = '', bare = false } = {}) {
  const { x, y, w, h } = box;
  const look = LOOKS[group.kind] ?? 'group';
  const icon = group.icon && !bare ? `${icons}#k-${group.icon}` : null;
  const textX = x + (icon ? 34 : 14);
  const sub = box.continued ? gettext('continued') : (group.sub ?? '');
  const room = Math.floor((w - (icon ? 48 : 28) - columns(sub) * 5.9) / 6.9);
  const title = ending(group.label, room);
  const kids = [
    look === 'node' &&
      el('rect', {
        class: 'nv-box__outer',
        x: x - 4,
        y: y - 4,
        width: w + 8,
        height: h + 8,
        rx: 16,
      }),
    el('rect', { class: 'nv-box__body', x, y, width: w, height: h, rx: BOX.r }),
    icon &&
      el('use', { class: 'nv-box__icon', href: icon, x: x + 12, y: y + 10, width: 15, height: 15 }),
    !bare && el('text', { class: 'nv-box__title', x: textX, y: y + 22 }, title),
    !bare && sub && el('text', { class: 'nv-box__sub', x: x + w - 14, y: y + 22 }, sub),
  ];
  let badgeX = textX + columns(title) * 6.9 + 12;
  for (const badge of bare ? [] : (group.badges ?? [])) {
    const width = Math.round(textWidth(badge.text, 11)) + 28;
    if (badgeX + width > x + w - 20 - columns(sub) * 6) break;
    const glyph = badge.state ?? 'unknown';
    kids.push(
      el(
        'g',
        {
          class: `nv-badge ${verdictClass(glyph)}`,
          transform: `translate(${r1(badgeX)} ${y + 8})`,
        },
        el('rect', { width, height: 20, rx: 10 }),
        el('use', {
          class: `nv-status ${verdictClass(glyph)}`,
          href: `${icons}#st-${glyph}`,
          x: 5,
          y: 4,
          width: 12,
          height: 12,
        }),
        el('text', { class: 'l', x: 21, y: 13.6 }, badge.text),
      ),
    );
    badgeX += width + 6;
  }
  return el('g', { class: `nv-box nv-box--${look} ${kindClass(group.paint)}` }, ...kids);
}

/**
 * The header of a lane at a given place.
 * @param {{label: string, count?: number}} lane
 * @param {number} x
 * @param {number} y
 * @returns {SvgNode}
 */
export const laneHeader = (lane, x, y) =>
  el(
    'text',
    { class: 'nv-lane', x: r1(x), y: r1(y) },
    lane.label,
    lane.count !== undefined && lane.count !== null
      ? el('tspan', { class: 'nv-lane__n', dx: 8 }, grouped(lane.count))
      : null,
  );
