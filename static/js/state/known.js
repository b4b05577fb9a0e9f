// @ts-check
/**
 * A value that only a bug could leave out: the first of a list that is not empty, a match's group
 * that the pattern requires.
 * @template T
 * @param {T|undefined|null} value
 * @returns {T}
 * @throws {TypeError} when the value is absent after all
 */
export function known(value) {
  if (value === undefined || value === null) throw new TypeError('a value is missing');
  return value;
}
