// @ts-check
/**
 * Names and addresses within sentences: each reads from left to right whatever the language around
 * it is, so that `10.0.0.1:80` is never turned about. The server does the same (`cluster/web/names.py`).
 */
import { html } from './icon.js';

const NAMES = /((?:[\w*]|::)[\w./:=@*[\]-]*[./:=@-][\w./:=@*[\]-]*[\w*\]])/;

/** A sentence as text and marked names, for an element to hold.
 * @param {string} text */
export const named = (text) =>
  text.split(NAMES).map((part, i) => {
    if (i % 2 === 0) return part;
    const name = html('bdi', '', part);
    name.dir = 'ltr';
    return name;
  });
