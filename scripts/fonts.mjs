// The fonts of the dashboard and of its drawings: packages of npm, and the files in them.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));

/**
 * @typedef {object} Font
 * @property {string} family as the style sheets name it
 * @property {string} pkg
 * @property {string} prefix of its files
 * @property {[suffix: string, weight: string][]} weights of its files, as CSS writes them
 */

/** @type {Font[]} */
export const FONTS = [
  {
    family: 'Inter',
    pkg: '@fontsource-variable/inter',
    prefix: 'inter',
    weights: [['wght', '100 900']],
  },
  {
    family: 'JetBrains Mono',
    pkg: '@fontsource/jetbrains-mono',
    prefix: 'jetbrains-mono',
    weights: [
      ['400', '400'],
      ['600', '600'],
    ],
  },
];

/** The package of a font. @param {Font} font */
export const fontFolder = ({ pkg }) => path.join(modules, pkg);

/** A font's file. @param {Font} font @param {string} subset @param {string} suffix */
export const fontFile = (font, subset, suffix) =>
  path.join(fontFolder(font), 'files', `${font.prefix}-${subset}-${suffix}-normal.woff2`);
