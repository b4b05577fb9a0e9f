// @ts-check
/** What followed a drill, step by step. Pure. */
import { idOf } from './happenings.js';

/** @typedef {import('./happenings.js').Happening} Happening */
/**
 * @typedef {object} Step one object's changes, or those of several objects of a kind
 * @property {Happening} event the first of them, with the fields of all, the telling ones first
 * @property {string} after seconds since the first change of all
 * @property {number} count of changes
 * @property {number} rev at which all of them had happened
 * @property {string[]} names of the objects, where there are several
 */

/** Objects of a kind that are told one by one. */
const FEW = 2;

/** Fields that change along with others and tell little. */
const ALONG =
  /(lastTransitionTime|lastUpdateTime|lastHeartbeatTime|observedGeneration|metadata\.generation|deletionGracePeriodSeconds|\.hints|\.message|last-change-trigger-time\]|metadata\.annotations\[deployment\.kubernetes\.io\/.*)$/;

/** @param {Happening} event */
const placeOf = ({ namespace, name }) => (namespace ? `${namespace}/${name}` : name);

/** Fields in order, without those that only come along, where others tell more.
 * @param {string[]} fields */
function telling(fields) {
  const found = [...new Set(fields)];
  const left = found.filter((field) => !ALONG.test(field));
  return left.length > 0 ? left : found;
}

/**
 * Changes in their order; those of one object and verb are one step, told when it first happened,
 * and so are those of more than a few objects of a kind. Findings are told one by one.
 * @param {Happening[]} events
 * @returns {Step[]}
 */
export function followed(events) {
  const first = Math.min(...events.map(({ time }) => Date.parse(time)));
  /** @type {Map<string, Map<string, Happening[]>>} by kind and verb, then by object */
  const kinds = new Map();
  for (const event of events) {
    const isFinding = event.verb === 'finding';
    const kind = `${event.verb} ${isFinding ? `${idOf(event)} ${event.text}` : event.kind}`;
    const objects = kinds.get(kind) ?? new Map();
    kinds.set(kind, objects);
    objects.set(idOf(event), [...(objects.get(idOf(event)) ?? []), event]);
  }
  const steps = [...kinds.values()].flatMap((objects) =>
    objects.size > FEW
      ? [stepOf([...objects.values()].flat(), first)]
      : [...objects.values()].map((held) => stepOf(held, first)),
  );
  const at = (/** @type {Step} */ { event }) => events.findIndex(({ rev }) => rev === event.rev);
  return steps.sort((one, other) => at(one) - at(other));
}

/** @param {Happening[]} held @param {number} first @returns {Step} */
function stepOf(held, first) {
  const [event] = /** @type {[Happening]} */ (held);
  const names = [...new Set(held.map(placeOf))];
  return {
    event: { ...event, fields: telling(held.flatMap(({ fields }) => fields ?? [])) },
    after: ((Date.parse(event.time) - first) / 1000).toFixed(1),
    count: held.length,
    rev: Math.max(...held.map(({ rev }) => rev)),
    names: names.length > 1 ? names : [],
  };
}
