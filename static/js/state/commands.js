// @ts-check
/**
 * Which pages and actions the palette offers for what is typed. Pure.
 *
 * @typedef {{id: string, text: string, note: string, icon: string, run: () => void}} Command
 */

const MOST = 6;

/**
 * The commands that fit, best first. After `>` everything is a command; without it only from two
 * letters on, and a blank box offers the first few.
 * @param {string} typed @param {Command[]} commands @returns {Command[]}
 */
export function fitting(typed, commands) {
  const only = typed.startsWith('>');
  const words = typed.replace(/^>/, '').trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return only ? commands : typed.trim() ? [] : commands.slice(0, MOST);
  if (!only && words.join('').length < 2) return [];
  const rank = (/** @type {Command} */ { text }) =>
    Number(!text.toLowerCase().startsWith(words[0] ?? ''));
  return commands
    .filter(({ text }) => words.every((word) => text.toLowerCase().includes(word)))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, only ? commands.length : MOST);
}
