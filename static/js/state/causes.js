// @ts-check
/**
 * Which edges rest on which field of an object: their reasons name both. Pure.
 */

/** @typedef {import('../types.js').Edge} Edge */

/** A field without the places of its lists: `spec.ports[].port`. @param {string} path */
const plain = (path) => path.replace(/\[\d*\]/g, '[]');

/** Whether one field holds the other. @param {string} outer @param {string} inner */
const holds = (outer, inner) =>
  inner === outer || (inner.startsWith(outer) && /^[.[]/.test(inner.slice(outer.length)));

/**
 * Whether a reason that names the field `reason` rests on the field `path`: the same, one inside
 * the other, the places of lists told apart where both name them.
 * @param {string} path @param {string} reason
 */
export function restsOn(path, reason) {
  if (!path || !reason) return false;
  if (holds(path, reason) || holds(reason, path)) return true;
  if (!reason.includes('[]')) return false;
  const [one, other] = [plain(path), plain(reason)];
  return holds(one, other) || holds(other, one);
}

/**
 * The edges that a field causes.
 * @param {Iterable<Edge>} edges @param {string} object as reasons name it: `Service shop/web`
 * @param {string} path
 * @returns {Edge[]}
 */
export const causedBy = (edges, object, path) =>
  [...edges].filter((edge) =>
    (edge.why ?? []).some((why) => why.object === object && restsOn(path, why.path ?? '')),
  );
