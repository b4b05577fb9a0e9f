// @ts-check
/**
 * The drawing's style sheet as a document of its own can use it: tokens put in, colour mixes
 * worked out, so that programs without CSS variables show the same colours. Pure.
 */

/** Rules of the page that only make sense there. */
const INTERACTIVE = /:hover|:focus|:has|:active|is-hover|is-pulse|is-dragging|aria-current/;
/** Properties that only make sense there. */
const MOVING = /^(transition|cursor|animation|user-select|outline|filter|pointer-events)/;
const OURS = /(^|[\s,.])(svg\.nv|\.nv|\.key\b|\.c-|\.k-|\.v-|\.is-|\.w\d)/;

/** Whether the export needs a rule.
 * @param {string} selector */
export const isDrawingRule = (selector) => OURS.test(selector) && !INTERACTIVE.test(selector);

/**
 * A text with `var(--x)` and `var(--x, fallback)` replaced by tokens, as deep as they go.
 * @param {string} text @param {(name: string) => string} token
 * @returns {string}
 */
export function putTokens(text, token) {
  let out = text;
  for (let depth = 0; depth < 8 && out.includes('var('); depth++)
    out = out.replace(
      /var\((--[\w-]+)(?:,\s*([^()]*(?:\([^()]*\))?[^()]*))?\)/g,
      (_, name, fallback) => token(name) || fallback || 'none',
    );
  return out;
}

/** @param {string} colour @returns {number[]|null} red, green, blue */
function channels(colour) {
  const text = colour.trim();
  const hex = text.replace(/^#([0-9a-f])([0-9a-f])([0-9a-f])$/i, '#$1$1$2$2$3$3');
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex);
  if (found) return found.slice(1).map((pair) => Number.parseInt(pair, 16));
  return /^rgb\((\d+)[ ,]+(\d+)[ ,]+(\d+)\)$/.exec(text)?.slice(1).map(Number) ?? null;
}

/**
 * A declaration's colour mix worked out: two known colours give one; a mix of `currentColor`, or
 * with `transparent`, becomes a colour and its opacity.
 * @param {string} property @param {string} value
 * @returns {string} the declaration
 */
function declaration(property, value) {
  const mix = /^color-mix\(in srgb,\s*(.+?) ([\d.]+)%,\s*(.+)\)$/.exec(value.trim());
  if (!mix) return `${property}: ${value.trim()}`;
  const [, first = '', percent, second = ''] = mix;
  const share = Number(percent) / 100;
  const [a, b] = [channels(first), channels(second)];
  if (a && b)
    return `${property}: rgb(${a.map((c, i) => Math.round(c * share + (b[i] ?? 0) * (1 - share))).join(', ')})`;
  return `${property}: ${first}; ${property}-opacity: ${share}`;
}

/** The part that a rule is about, in whatever state.
 * @param {string} selector */
const plainPart = (selector) => selector.replace(/^svg\.nv /, '').replace(/\.(v|is)-[\w-]+/g, '');

/**
 * The style sheet of an export.
 * @param {{selector: string, body: string}[]} rules
 * @param {(name: string) => string} token value of a custom property, '' when there is none
 */
export function resolveStyle(rules, token) {
  /** what a mix made see-through: a plain colour of the same part in another state is not
   * @type {Set<string>} */
  const mixed = new Set();
  const lines = rules
    .filter(({ selector }) => isDrawingRule(selector))
    .map(({ selector, body }) => {
      const kept = body.split(';').flatMap((line) => {
        const [, property = '', value = ''] = /^\s*([\w-]+):\s*(.+?)\s*$/s.exec(line) ?? [];
        if (!property || MOVING.test(property)) return [];
        const text = declaration(property, putTokens(value, token));
        const part = `${plainPart(selector)} ${property}`;
        if (text.includes(`${property}-opacity`)) mixed.add(part);
        else if (mixed.has(part)) return [`${text}; ${property}-opacity: 1`];
        return [text];
      });
      return kept.length ? `${selector} { ${kept.join('; ')}; }` : '';
    });
  const title = putTokens(
    '.nv-export__title { font: 600 18px/24px var(--sans); fill: var(--text); }',
    token,
  );
  return [...lines.filter(Boolean), title].join('\n');
}

/**
 * The rules of a style sheet's text, for use without a browser. At-rules are left out.
 * @param {string} css
 */
export function parseRules(css) {
  const plain = css.replace(/\/\*.*?\*\//gs, '');
  const rules = [];
  let [depth, start, selector] = [0, 0, ''];
  for (let i = 0; i < plain.length; i++) {
    if (plain[i] === '{') {
      if (depth++ === 0) [selector, start] = [plain.slice(start, i).trim(), i + 1];
    } else if (plain[i] === '}' && --depth === 0) {
      if (!selector.startsWith('@')) rules.push({ selector, body: plain.slice(start, i) });
      start = i + 1;
    }
  }
  return rules;
}

/**
 * The custom properties of a theme, from the text of the sheet of tokens.
 * @param {string} css @param {string} [theme] `light` unless it has a block of its own
 * @returns {Map<string, string>}
 */
export function rootTokens(css, theme = 'light') {
  const wanted = [':root', `:root[data-theme="${theme}"]`];
  const bodies = parseRules(css).filter(({ selector }) => wanted.includes(selector));
  return new Map(
    bodies.flatMap(({ body }) =>
      [...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(
        ([, name = '', value = '']) => /** @type {const} */ ([name, value.trim()]),
      ),
    ),
  );
}

/**
 * A font put into the document, so that its texts are as wide as the drawing took them to be.
 * @typedef {object} Font
 * @property {string} family
 * @property {string} weight one weight, or two of a variable font: `100 900`
 * @property {string} data the WOFF2 file in base64
 */

/** The rules that declare fonts.
 * @param {Font[]} fonts */
export const fontFaces = (fonts) =>
  fonts
    .map(
      ({ family, weight, data }) =>
        `@font-face { font-family: "${family}"; font-style: normal; font-weight: ${weight}; src: url("data:font/woff2;base64,${data}") format("woff2"); }`,
    )
    .join('\n');

/**
 * A symbol's markup with the theme's tokens as the fallbacks of what a card may set (`--glyph`).
 * @param {string} markup @param {(name: string) => string} token
 */
export const symbolMarkup = (markup, token) =>
  markup.replace(/var\((--[\w-]+), *(#\w+)\)/g, (_, name, plain) => token(name) || plain);
