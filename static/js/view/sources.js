// @ts-check
/**
 * Where the objects of a "Why?" stood: their resourceVersion, and when that was written, asked of
 * the log for the revision that is shown. What is known already stands there at once.
 */
import { clockTime } from '../live/socket.js';
import { gettext } from '../state/words.js';

/** @typedef {{rev: number, time: string|null}} Standing */

/** What was answered last, by the names of objects, and for which revision.
 * @type {{rev: number, known: Map<string, Standing|null>}} */
const last = { rev: -1, known: new Map() };
const MOST = 100;

/** When it was written: the time of day, with the day where that is not today.
 * @param {string} iso */
function moment(iso) {
  const isToday = new Date(iso).toDateString() === new Date().toDateString();
  return isToday ? clockTime(iso) : `${iso.slice(0, 10)} ${clockTime(iso)}`;
}

/** @param {string} object @param {Standing} standing */
function sentence(object, { rev, time }) {
  return time
    ? gettext('%(object)s · rev %(rev)s · read %(time)s', { object, rev, time: moment(time) })
    : gettext('%(object)s · rev %(rev)s', { object, rev });
}

/**
 * Says behind each object of a list of reasons at which revision it stood.
 * @param {Element} list what `whyList` made
 * @param {string} address that answers @param {number} rev the revision shown
 */
export async function tellSources(list, address, rev) {
  const places = [...list.querySelectorAll('.evid small')].map((small) => ({
    small,
    object: small.textContent ?? '',
  }));
  const tell = () => {
    for (const { small, object } of places) {
      const standing = last.known.get(object);
      const text = standing ? sentence(object, standing) : object;
      if (small.textContent !== text) small.textContent = text;
    }
  };
  tell();
  const wanted = [...new Set(places.map(({ object }) => object))].slice(0, MOST);
  const asked = last.rev === rev ? wanted.filter((object) => !last.known.has(object)) : wanted;
  if (asked.length === 0) return;
  const query = new URLSearchParams(asked.map((object) => ['of', object]));
  query.set('rev', String(rev));
  const response = await fetch(`${address}?${query}`, {
    headers: { Accept: 'application/json' },
  }).catch(() => null);
  if (!response?.ok) return;
  /** @type {{sources: Record<string, Standing>}} */
  const { sources } = await response.json();
  if (last.rev !== rev) Object.assign(last, { rev, known: new Map() });
  for (const object of asked) last.known.set(object, sources[object] ?? null);
  tell();
}
