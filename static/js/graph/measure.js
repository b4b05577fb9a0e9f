// @ts-check
/**
 * The measures of the drawing, in px of the drawing (zoom 1), and how names are fitted into them.
 * They come from the design's measures; change them here and nowhere else.
 */

import { known } from '../state/known.js';

export const CARD = { w: 216, h: 64, r: 8 };
export const COMPACT = { w: 168, h: 40, r: 8 };
/** Between cards of a group, and between groups (boxes or lone cards) of a lane. */
export const ROW_GAP = 12;
export const GROUP_GAP = 20;
export const BOX = { pad: 12, head: 40, r: 12 };
export const TOP = 56;
export const LEFT = 24;
/** Between lanes: room for a port pill, for an arrow, for a thin line. */
export const LANE_GAP = { pill: 128, arrow: 56, thin: 40 };
/** Cards that hold lines of text: a file, a list of what was asked. */
export const LISTING = { w: 344, head: 32, line: 19, foot: 9, most: 14 };
/** Lines under a card. */
export const NOTE_LINE = 16;

/** Below these zooms a card is a block, or icon and name. */
export const ZOOM_BLOCK = 0.3;
export const ZOOM_NAME = 0.6;

/**
 * A name fitted into `max` characters, shortened in the middle so that a hash suffix stays.
 * @param {string} text
 * @param {number} max
 */
export function middle(text, max) {
  if (text.length <= max) return text;
  if (max < 3) return text.slice(0, Math.max(0, max));
  const half = (max - 1) / 2;
  return `${text.slice(0, Math.ceil(half))}…${text.slice(text.length - Math.floor(half))}`;
}

/**
 * A line fitted into `max` characters, shortened at the end.
 * @param {string} text
 * @param {number} max
 * @param {number} [more] what a wide character takes beyond a letter
 */
export function ending(text, max, more = WIDE_MORE) {
  if (columns(text, more) <= max) return text;
  let at = Math.max(1, Math.floor(max) - 1);
  while (at > 1 && columns(text.slice(0, at), more) > max - 1) at--;
  return `${text.slice(0, at).trimEnd()}…`;
}

/**
 * A line of parts (`10.96.1.2 · 80/TCP`) fitted into `max` characters: its last parts are left out
 * whole, so that no half address stands there. It is shortened at its end where the first part does
 * not fit, or where half of the room would stay empty.
 * @param {string} text @param {number} max @param {number} [more]
 */
export function endingParts(text, max, more = WIDE_MORE) {
  const parts = text.split(' · ');
  for (let keep = parts.length; keep > 0; keep--) {
    const kept = parts.slice(0, keep).join(' · ') + (keep < parts.length ? ' …' : '');
    const width = columns(kept, more);
    if (width <= max && (keep === parts.length || 2 * width >= max)) return kept;
  }
  const first = known(parts[0]);
  return ending(2 * columns(first, more) >= max ? first : text, max, more);
}

/** Han and the like, with their punctuation: nearly twice as wide as a letter. */
const FULL_WIDTH = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/g;

const WIDE_MORE = 0.8;
/** The same of the monospaced face, whose letters are 0.6 of its height wide. */
export const WIDE_MORE_MONO = 0.67;

/** How many letters a text is as wide as.
 * @param {string} text @param {number} [more] what a wide character takes beyond a letter */
export const columns = (text, more = WIDE_MORE) =>
  text.length + more * (text.match(FULL_WIDTH)?.length ?? 0);

/** Sockets at the left of a card: an address each. */
export const SOCKET = { w: 132, h: 26, step: 32, gap: 8 };
/** A line of a card below its meta line. */
export const CARD_LINE = 16;
/** A bin of endpoints: the side of its grid, and where that stands in the card. */
export const BIN = { w: 216, h: 206, grid: 132, x: 14, y: 62 };
/** A table drawn as a card: its columns, its rows. */
export const SHEET = { columns: [168, 264, 264], head: 34, row: 26 };

/** Widths of letters of the proportional face in thousandths of its size: narrow, wide, the rest. */
const NARROW = /[iljtfrI.,:;'|!/()[\]1 ·-]/;
const WIDE = /[mwMW@%…]/;
const CAPITAL = /[A-HJ-LN-VX-Z]/;

/** @param {string} letter */
const letterWidth = (letter) =>
  letter > '\u2e7f'
    ? 1000
    : WIDE.test(letter)
      ? 860
      : NARROW.test(letter)
        ? 380
        : CAPITAL.test(letter)
          ? 690
          : 590;

/**
 * About how wide a text of the proportional face is, in px; on the safe side.
 * @param {string} text
 * @param {number} size of the face, in px
 */
export const textWidth = (text, size) =>
  ([...text].reduce((sum, letter) => sum + letterWidth(letter), 0) * size) / 1000;

/**
 * A name fitted into a width, shortened in the middle so that a hash suffix stays.
 * @param {string} text
 * @param {number} room in px
 * @param {number} [size] of the face, in px
 */
export function fitted(text, room, size = 13) {
  if (textWidth(text, size) <= room) return text;
  for (let max = text.length - 1; max > 3; max--) {
    const short = middle(text, max);
    if (textWidth(short, size) <= room) return short;
  }
  return middle(text, 3);
}

/**
 * A line fitted into a width, shortened at the end.
 * @param {string} text
 * @param {number} room in px
 * @param {number} [size] of the face, in px
 */
export function ended(text, room, size = 12) {
  let short = text;
  for (let max = text.length; max > 2 && textWidth(short, size) > room; )
    short = ending(text, --max);
  return short;
}

/**
 * Width and height of a node's card, without the notes under it.
 * @param {import('../types.js').Node} node
 * @returns {{w: number, h: number}}
 */
export function cardSize(node) {
  if (node.cells !== undefined) return { w: BIN.w, h: BIN.h };
  if (node.grid)
    return {
      w: SHEET.columns.reduce((sum, w) => sum + w, 0),
      h: SHEET.head + SHEET.row * node.grid.rows.length + 8,
    };
  const { w, h } = bodySize(node);
  const sockets = node.sockets?.length ?? 0;
  if (sockets === 0) return { w, h };
  return { w: w + SOCKET.w + SOCKET.gap, h: Math.max(h, socketsHeight(sockets)) };
}

/** @param {number} count */
export const socketsHeight = (count) => SOCKET.step * (count - 1) + SOCKET.h;

/** The card itself, without what stands beside it.
 * @param {import('../types.js').Node} node */
export function bodySize(node) {
  if (node.listing) {
    const count = Math.min(node.listing.length, LISTING.most + 1);
    return { w: LISTING.w, h: LISTING.head + count * LISTING.line + LISTING.foot };
  }
  const { w, h } = node.compact ? COMPACT : CARD;
  const lines = (node.lines?.length ?? 0) * CARD_LINE - (node.lines?.length && !node.meta ? 14 : 0);
  return { w: node.wide ? CARD.w : w, h: h + lines };
}

/**
 * The place of one of a card's sockets, where its edges end.
 * @param {import('../types.js').Rect} card @param {[number, number]} socket which, and of how many
 * @returns {import('../types.js').Rect}
 */
export function socketRect(card, [index, count]) {
  const top = card.y + (card.h - socketsHeight(count)) / 2 + index * SOCKET.step;
  return { x: card.x, y: top, w: SOCKET.w, h: SOCKET.h };
}

/** Height of the lines under a card.
 * @param {import('../types.js').Node} node */
export const notesHeight = (node) =>
  node.notes?.length ? 4 + NOTE_LINE * Math.min(2, node.notes.length) : 0;

/** @type {Record<string, string>} */
const VERDICTS = { ok: 'allow', warn: 'warn', deny: 'deny' };

/** The class that sets the colour of a state.
 * @param {string|null|undefined} state */
export const verdictClass = (state) => `v-${VERDICTS[state ?? ''] ?? 'unknown'}`;

/** @type {Record<string, string>} */
const PAINTS = { namespace: 'node', proxy: 'node' };

/** The colour family of a paint; unknown paints are drawn like nodes.
 * @param {string|undefined} paint */
export const kindClass = (paint) => `k-${PAINTS[paint ?? ''] ?? paint ?? 'node'}`;
