// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { known } from '../../static/js/state/known.js';

const sheet = readFileSync(new URL('../../static/css/tokens.css', import.meta.url), 'utf8');

/** The colours that a rule with this selector sets.
 * @param {string} selector @returns {Record<string, string>} */
function coloursOf(selector) {
  const start = sheet.indexOf(`${selector} {`);
  assert.ok(start >= 0, selector);
  const body = sheet.slice(start, sheet.indexOf('}', start));
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  );
}

const light = coloursOf(':root');
/** @type {Record<string, Record<string, string>>} */
const THEMES = {
  light,
  dark: { ...light, ...coloursOf(':root[data-theme="dark"]') },
  contrast: { ...light, ...coloursOf(':root[data-theme="contrast"]') },
};

/** @param {string} hex @returns {number[]} */
const channels = (hex) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));

/** The relative luminance of WCAG 2.2. @param {number[]} colour */
function luminance(colour) {
  const [r, g, b] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * known(r) + 0.7152 * known(g) + 0.0722 * known(b);
}

/** @param {number[]} a @param {number[]} b */
function contrast(a, b) {
  const [one, other] = [luminance(a) + 0.05, luminance(b) + 0.05];
  return one > other ? one / other : other / one;
}

/** @param {number[]} over @param {number[]} under @param {number} share */
const mixed = (over, under, share) =>
  over.map((value, i) => value * share + known(under[i]) * (1 - share));

const INKS = ['text', 'muted', 'allow', 'deny', 'warn', 'unknown'];
const KINDS = ['ingress', 'service', 'slice', 'pod', 'workload', 'node', 'dns', 'policy'];
const GROUNDS = ['canvas', 'surface', 'surface-2'];
/** How strongly chips and banners are tinted with their own colour. */
const TINTS = { light: 0.09, dark: 0.13, contrast: 0.06 };

for (const [theme, tokens] of Object.entries(THEMES)) {
  const colour = (/** @type {string} */ name) => channels(known(tokens[name]));

  test(`texts are legible on every ground of the ${theme} theme`, () => {
    for (const ink of [...INKS, ...KINDS, 'external'])
      for (const ground of GROUNDS) {
        const found = contrast(colour(ink), colour(ground));
        assert.ok(found >= 4.5, `${ink} on ${ground}: ${found.toFixed(2)}`);
      }
  });

  test(`chips, fills and marks stand out in the ${theme} theme`, () => {
    const share = TINTS[/** @type {keyof typeof TINTS} */ (theme)];
    for (const ink of ['allow', 'deny', 'warn', 'unknown', ...KINDS]) {
      const chip = mixed(colour(ink), colour('surface'), share);
      const found = contrast(colour(ink), chip);
      assert.ok(found >= 4.5, `${ink} on its tint: ${found.toFixed(2)}`);
    }
    for (const fill of ['allow', 'deny', 'service'])
      assert.ok(contrast(colour('on-fill'), colour(fill)) >= 4.5, fill);
    assert.ok(contrast(colour('on-warn'), colour('warn-fill')) >= 4.5);
    for (const mark of ['line-strong', 'focus'])
      for (const ground of GROUNDS)
        assert.ok(contrast(colour(mark), colour(ground)) >= 3, `${mark} on ${ground}`);
  });
}

test('dark is the same, chosen or asked for by the system', () => {
  assert.deepEqual(coloursOf(':root:not([data-theme])'), coloursOf(':root[data-theme="dark"]'));
});
