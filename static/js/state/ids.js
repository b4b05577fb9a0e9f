// @ts-check
/** Ids of cards: `Kind/namespace/name`, with a mark behind it at a second place of one view. */

/** The id of the object a card stands for, wherever it stands.
 * @param {string} id */
export const objectId = (id) => id.replace(/[#~][^/]*$/, '');

/** What a card is called by its id.
 * @param {string} id */
export const nameOf = (id) => objectId(id).split('/').slice(2).join('/') || objectId(id);
