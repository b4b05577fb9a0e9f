// @ts-check
/** What followed a drill, step by step. Pure. */
import { idOf } from './happenings.js';

/** @typedef {import('./happenings.js').Happening} Happening */

/**
 * Changes in their order; those of one object and verb are one step, told when it first happened.
 * @param {Happening[]} events
 * @returns {{event: Happening, after: string, count: number}[]} `after`: seconds since the first
 */
export function followed(events) {
  const first = Math.min(...events.map(({ time }) => Date.parse(time)));
  /** @type {Map<string, {event: Happening, after: string, count: number}>} */
  const steps = new Map();
  for (const event of events) {
    const key = `${event.verb} ${idOf(event)} ${event.verb === 'finding' ? event.text : ''}`;
    const step = steps.get(key);
    const after = ((Date.parse(event.time) - first) / 1000).toFixed(1);
    if (!step) steps.set(key, { event, after, count: 1 });
    else {
      const fields = [...new Set([...(step.event.fields ?? []), ...(event.fields ?? [])])];
      steps.set(key, {
        event: { ...step.event, fields },
        after: step.after,
        count: step.count + 1,
      });
    }
  }
  return [...steps.values()];
}
