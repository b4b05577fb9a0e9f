// @ts-check
/**
 * Scripts that are loaded after the first view, on a line that may be gone by then: tried again,
 * each time after a longer wait, so that a page whose server is away for a moment is whole later.
 */

/** The first wait and the longest, in ms. */
const WAIT = { first: 1000, most: 30_000 };

/**
 * What `load` resolves to, however often it has to be asked.
 * @template T @param {() => Promise<T>} load @param {number} [wait] ms before the next attempt
 * @returns {Promise<T>}
 */
export async function untilLoaded(load, wait = WAIT.first) {
  try {
    return await load();
  } catch {
    await new Promise((resume) => setTimeout(resume, wait));
    return untilLoaded(load, Math.min(wait * 2, WAIT.most));
  }
}
