// @ts-check
/**
 * Makes an element like another one, touching only what differs: what is the same stays the same
 * node, so that focus, scroll positions, opened details and selected text stay where they are.
 * Children are recognized by `id`, by `data-id`, or, rows and entries of lists, by their first link.
 */

/** Attributes that belong to whoever reads the page. @type {Record<string, string[]>} */
const READERS = { DETAILS: ['open'], INPUT: ['value', 'checked'] };

/** What a child is recognized by among its siblings, '' for nothing.
 * @param {Node} node */
function keyOf(node) {
  if (!(node instanceof Element)) return '';
  if (node.id) return `#${node.id}`;
  const id = node.getAttribute('data-id');
  if (id) return `=${id}`;
  if (node.tagName !== 'TR' && node.tagName !== 'LI') return '';
  const href = node.querySelector('a[href]')?.getAttribute('href');
  return href ? `@${href}` : '';
}

/** Whether one node may become the other.
 * @param {Node} a @param {Node} b */
const alike = (a, b) =>
  a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

/** @param {Element} from @param {Element} to */
function morphAttributes(from, to) {
  const kept = READERS[from.tagName] ?? [];
  for (const { name } of [...from.attributes])
    if (!to.hasAttribute(name) && !kept.includes(name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes)
    if (from.getAttribute(name) !== value && !kept.includes(name)) from.setAttribute(name, value);
}

/** @param {Node} from @param {Node} to */
function morphNode(from, to) {
  if (from instanceof Element && to instanceof Element) {
    morphAttributes(from, to);
    morphChildren(from, to);
  } else if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
}

/** @param {Element} from @param {Element} to */
function morphChildren(from, to) {
  const wanted = new Set([...to.childNodes].map(keyOf).filter(Boolean));
  /** @type {ChildNode|null} */
  let here = from.firstChild;
  for (const next of [...to.childNodes]) {
    while (here && keyOf(here) && !wanted.has(keyOf(here)) && !alike(here, next)) {
      const gone = here;
      here = here.nextSibling;
      gone.remove();
    }
    if (here && alike(here, next)) {
      morphNode(here, next);
      here = here.nextSibling;
      continue;
    }
    const key = keyOf(next);
    const known = key ? [...from.children].find((child) => alike(child, next)) : undefined;
    if (known) morphNode(known, next);
    from.insertBefore(known ?? document.importNode(next, true), here);
  }
  while (here) {
    const gone = here;
    here = here.nextSibling;
    gone.remove();
  }
}

/**
 * Makes `from` like `to`. The focus stays on the element that has it as long as that is there.
 * @param {Element} from of the page @param {Element} to of a document that was just fetched
 */
export function morph(from, to) {
  const focused = document.activeElement;
  morphNode(from, to);
  if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected)
    focused.focus({ preventScroll: true });
}
