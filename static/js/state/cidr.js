// @ts-check
/** Addresses and address blocks, IPv4 and IPv6, for `ip:10.0.0.0/8`. Pure. */

/** @param {string} text @returns {{bits: bigint, size: 32|128}|null} */
function parseAddress(text) {
  const quad = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (quad) {
    const parts = quad.slice(1).map(Number);
    if (parts.some((p) => p > 255)) return null;
    return { bits: parts.reduce((n, p) => n * 256n + BigInt(p), 0n), size: 32 };
  }
  if (!text.includes(':') || !/^[0-9a-f:]+$/i.test(text)) return null;
  const halves = text.split('::').map((h) => (h ? h.split(':') : []));
  if (halves.length > 2) return null;
  const [head = [], tail] = halves;
  const rest = tail ?? [];
  const missing = 8 - head.length - rest.length;
  if (tail ? missing < 1 : missing !== 0) return null;
  const words = [...head, ...Array(missing).fill('0'), ...rest];
  if (words.some((w) => !/^[0-9a-f]{1,4}$/i.test(w))) return null;
  return { bits: words.reduce((n, w) => n * 65536n + BigInt(`0x${w}`), 0n), size: 128 };
}

/** @param {string} text */
function parseBlock(text) {
  const [address = '', length] = text.split('/');
  const parsed = parseAddress(address);
  if (!parsed || !/^\d{1,3}$/.test(length ?? '') || Number(length) > parsed.size) return null;
  return { ...parsed, length: Number(length) };
}

/** Whether a text is an address block such as 10.0.0.0/8.
 * @param {string} text */
export const isAddressBlock = (text) => parseBlock(text) !== null;

/**
 * Whether an address block contains an address; false for anything that is no address.
 * @param {string} block @param {string} address
 */
export function containsAddress(block, address) {
  const [b, a] = [parseBlock(block), parseAddress(address)];
  if (!b || !a || a.size !== b.size) return false;
  const shift = BigInt(b.size - b.length);
  return a.bits >> shift === b.bits >> shift;
}

/** Whether two texts are spellings of one address.
 * @param {string} one @param {string} other */
export function sameAddress(one, other) {
  const [a, b] = [parseAddress(one), parseAddress(other)];
  return a !== null && b !== null && a.size === b.size && a.bits === b.bits;
}
