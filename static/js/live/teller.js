// @ts-check
/**
 * What is said of changes to those who do not see them: one account per 10 s at most, so that a busy
 * cluster does not talk all the time. What comes in between is told together. Pure; times in ms are
 * arguments.
 *
 * @typedef {import('../types.js').Delta} Delta
 */
import { gettext } from '../state/words.js';

const EVERY_MS = 10_000;

/** What came, went and changed, in words: signs are read out as they are called.
 * @param {Delta} delta */
function inWords({ add, remove, change }) {
  const count = (/** @type {{nodes?: unknown[]}|undefined} */ part) => part?.nodes?.length ?? 0;
  const [came, gone, changed] = [count(add), count(remove), count(change)];
  const parts = [
    came && gettext('%(count)s added', { count: came }),
    gone && gettext('%(count)s removed', { count: gone }),
    changed && gettext('%(count)s changed', { count: changed }),
  ];
  return parts.filter(Boolean).join(gettext(', ')) || gettext('lines changed');
}

export class Teller {
  constructor() {
    this.count = 0;
    this.last = '';
    this.said = -Infinity;
  }

  /** Takes note of a change. @param {Delta} delta */
  note(delta) {
    this.count += 1;
    this.last = inWords(delta);
  }

  /** What is to be said now, '' for nothing. @param {number} now */
  say(now) {
    const { count, last } = this;
    if (count === 0 || now - this.said < EVERY_MS) return '';
    this.said = now;
    this.count = 0;
    return count === 1 ? last : gettext('%(count)s updates, last %(last)s', { count, last });
  }
}
