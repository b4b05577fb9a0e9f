// @ts-check
/**
 * The state of a view in its address: `?q=&hide=&lvl=&grp=&open=&sel=&tab=&at=&vp=&theme=`. Pure;
 * the page decides when to write. Parameters of others are kept as they are.
 *
 * @typedef {object} UrlState
 * @property {string} q find query
 * @property {string} hide query of what is not drawn
 * @property {string} lvl L0 to L3, or ''
 * @property {string} grp how cards are grouped
 * @property {string[]} open ids expanded in place
 * @property {string} sel id of the selection
 * @property {''|'diagram'|'table'|'text'} tab
 * @property {number|null} at revision looked at, null for live
 * @property {{x: number, y: number, k: number}|null} vp
 * @property {string} theme
 */

const TABS = new Set(['diagram', 'table', 'text']);
const LEVEL = /^L[0-3]$/;

/** What a change of this member does to the history: a step back, or none. */
export const PUSHED = new Set(['q', 'hide', 'lvl', 'grp', 'open', 'sel', 'at', 'tab']);

/** The state in an address's query; anything malformed counts as absent.
 * @param {string} search @returns {UrlState} */
export function parseState(search) {
  const params = new URLSearchParams(search);
  const text = (/** @type {string} */ key) => params.get(key) ?? '';
  const tab = text('tab');
  const at = /^\d+$/.test(text('at')) ? Number(text('at')) : null;
  return {
    q: text('q'),
    hide: text('hide'),
    lvl: LEVEL.test(text('lvl')) ? text('lvl') : '',
    grp: text('grp'),
    open: params
      .getAll('open')
      .flatMap((v) => v.split(','))
      .filter(Boolean),
    sel: text('sel'),
    tab: /** @type {UrlState['tab']} */ (TABS.has(tab) ? tab : ''),
    at: at !== null && at > 0 ? at : null,
    vp: parseViewport(text('vp')),
    theme: text('theme'),
  };
}

/** @param {string} text @returns {UrlState['vp']} */
function parseViewport(text) {
  const [x = Number.NaN, y = Number.NaN, k = Number.NaN, ...more] = text.split(',').map(Number);
  const whole = [x, y, k].every(Number.isFinite) && more.length === 0;
  return text !== '' && whole && k > 0 ? { x, y, k } : null;
}

/**
 * The query of an address with some members of the state changed, parameters in a fixed order
 * and those at their default left out; '' or starting with '?'.
 * @param {string} search
 * @param {Partial<UrlState>} changes
 */
export function formatState(search, changes) {
  const state = { ...parseState(search), ...changes };
  const params = new URLSearchParams();
  const put = (/** @type {string} */ key, /** @type {string} */ value) => {
    if (value) params.set(key, value);
  };
  put('q', state.q);
  put('hide', state.hide);
  put('lvl', state.lvl);
  put('grp', state.grp);
  put('open', state.open.join(','));
  put('sel', state.sel);
  put('tab', state.tab);
  put('at', state.at === null ? '' : String(state.at));
  put(
    'vp',
    state.vp
      ? [state.vp.x.toFixed(1), state.vp.y.toFixed(1), state.vp.k.toFixed(4)].map(Number).join(',')
      : '',
  );
  put('theme', state.theme);
  for (const [key, value] of new URLSearchParams(search))
    if (!(key in state)) params.append(key, value);
  const text = params
    .toString()
    .replaceAll('%2F', '/')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',');
  return text ? `?${text}` : '';
}

/**
 * What stands open once a card was opened in place; null where its `open` is no fold (`?open=ID`)
 * but an address of its own.
 * @param {string} open @param {string} search @returns {string[]|null}
 */
export function unfolded(open, search) {
  const params = new URLSearchParams(open.startsWith('?') ? open : '');
  const fold = params.get('open');
  if (!fold || params.size > 1) return null;
  return [...parseState(search).open.filter((id) => id !== fold), fold];
}
