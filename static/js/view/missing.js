// @ts-check
/**
 * What a link selects and the drawing does not show: it is said whether the object is gone, or is
 * not among what is drawn, with the way to its page.
 */
import { gettext } from '../state/words.js';
import { html, icon } from './icon.js';

/** Kind, namespace and name of an object's id; anything else is a card of one view alone. */
const OBJECT = /^([A-Z][A-Za-z]+)\/([a-z0-9.-]*)\/([^/#?]+)$/;

/** Status of the page of an object that was deleted. */
const GONE = 410;

/**
 * @param {string} id of what was to be selected
 * @param {string} cluster address of the cluster, `/c/demo`
 * @returns {Promise<HTMLElement|null>} what is to be said, null where there is no such object
 */
export async function missingNote(id, cluster) {
  const [, kind = '', namespace = '', name = ''] = OBJECT.exec(id) ?? [];
  if (!kind) return null;
  const href = `${cluster}/o/${kind}/${namespace || '-'}/${name}`;
  const answer = await fetch(href, { method: 'HEAD' }).catch(() => null);
  const isGone = answer?.status === GONE;
  if (!answer?.ok && !isGone) return null;
  const object = `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
  const words = isGone
    ? gettext('%(object)s is gone.', { object })
    : gettext('%(object)s is not drawn here.', { object });
  const link = html('a', '', isGone ? gettext('Last known version') : gettext('Open its page'));
  link.href = href;
  const note = html('p', 'banner banner--note', icon('ui-search'), html('span', '', words), link);
  note.setAttribute('role', 'status');
  return note;
}
