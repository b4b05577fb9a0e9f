// @ts-check
/** The page the harness serves: the shell as the templates write it, around one fixture. */
import { readFileSync } from 'node:fs';

const STATIC = new URL('../../../static/', import.meta.url);
const escaped = (/** @type {unknown} */ s) =>
  String(s)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
const icon = (/** @type {string} */ name, cls = '') =>
  `<svg class="i ${cls}" aria-hidden="true"><use href="#${name}"/></svg>`;
const status = (/** @type {string} */ name) =>
  `<svg class="st st--${name}" aria-hidden="true"><use href="#st-${name}"/></svg>`;
const PAGES = ['overview', 'map', 'trace', 'plan', 'findings', 'events', 'import', 'learn'];
const EXPORTS = [
  ['svg', 'SVG'],
  ['png', 'PNG'],
  ['png2', 'PNG 2x'],
  ['json', 'JSON'],
  ['csv', 'CSV'],
  ['mermaid', 'Mermaid'],
  ['markdown', 'Markdown'],
];
const PARTS = ['summary', 'why', 'yaml', 'events', 'links'];
const COLOURS = /** @type {Record<string, string>} */ ({ ok: 'allow', warn: 'warn', deny: 'deny' });

const topbar = () => `<header class="topbar">
<button class="iconbtn menubtn" data-act="menu" aria-label="Menu" aria-expanded="false">${icon('ui-menu', 'i--20')}</button>
<a class="brand" href="/" aria-label="netviz, overview"><svg aria-hidden="true"><use href="#logo"/></svg><span>netviz</span></a>
<span class="topbar__sep" aria-hidden="true"></span>
<button class="picker" aria-label="Cluster: kind-dev">kind-dev${icon('ui-down', 'i--14')}</button>
<form class="search" role="search" data-search="/search">${icon('ui-search')}<input type="search" name="q" aria-label="Search or jump" placeholder="Search or jump: kind:svc ns:shop port:443"><kbd aria-hidden="true">/</kbd></form>
<span class="live" data-nv="live"><span class="live__dot"></span><span data-slot="text">connecting</span><span class="muted" data-slot="rev"></span></span>
<button class="iconbtn opt" data-act="pause" aria-label="Pause live updates" aria-pressed="false">${icon('ui-pause')}</button>
<button class="iconbtn" data-act="theme" aria-label="Dark theme" aria-pressed="false">${icon('ui-theme')}</button>
<button class="iconbtn opt" data-act="help" aria-label="Help and keys">${icon('ui-help')}</button>
<span class="avatar" role="img" aria-label="Signed in as admin">AD</span>
</header>
<nav class="rail" aria-label="Pages">${PAGES.map((p) => `<a href="/${p}" data-page="${p}"${p === 'map' ? ' aria-current="page"' : ''}>${icon(`ui-${p}`, 'i--20')}${p.charAt(0).toUpperCase()}${p.slice(1)}</a>`).join('')}</nav>`;

/** @param {any} g */
const head = (g) => `<div class="head"><div class="head__bar">
<nav class="crumbs" aria-label="Breadcrumbs">${g.crumbs.map((/** @type {any} */ c, /** @type {number} */ i) => (i < g.crumbs.length - 1 ? `<a href="#">${escaped(c.label)}</a><span class="sep" aria-hidden="true">/</span>` : `<b aria-current="page">${escaped(c.label)}</b>`)).join('')}</nav>
<button class="btn btn--quiet btn--sm" data-act="share">${icon('ui-share')}Share</button>
<span class="menuwrap"><button class="btn btn--quiet btn--sm" data-menu="export" aria-haspopup="menu" aria-controls="export-menu">${icon('ui-export')}Export${icon('ui-down', 'i--14')}</button>
<div class="menu" id="export-menu" role="menu" aria-label="Export" hidden>${EXPORTS.map(([k, t]) => `<button role="menuitem" tabindex="-1" data-export="${k}">${t}</button>`).join('')}</div></span></div>
<div class="verdict" data-nv="verdict"><span class="verdict__tile c-${COLOURS[g.verdict?.state] ?? 'unknown'} ${g.verdict?.state === 'warn' ? 'is-warn' : ''}">${status(g.verdict?.state ?? 'unknown')}</span><div class="verdict__text"><h1>${escaped(g.verdict?.text ?? g.title)}</h1><p>${escaped(g.verdict?.why ?? '')}</p></div>
<dl class="counters" data-nv="counters"></dl></div>
<div class="tools"><div class="seg" role="tablist" aria-label="Form">${['diagram', 'table', 'text'].map((v, i) => `<button role="tab" id="t-${v}" data-view="${v}" aria-controls="v-${v}" aria-selected="${i === 0}" tabindex="${i === 0 ? 0 : -1}">${v.charAt(0).toUpperCase()}${v.slice(1)}</button>`).join('')}</div>
<span class="tools__gap"></span><button class="btn btn--quiet" data-act="tidy">${icon('ui-tidy')}Tidy</button><button class="btn btn--quiet" data-act="fit">${icon('ui-fit')}Fit</button></div></div>`;

const drawer = () => `<aside class="drawer" id="drawer" aria-labelledby="drawer-name" hidden>
<div class="drawer__grip"></div><button class="drawer__sheetbar" data-act="sheet" aria-label="Expand details" aria-expanded="false"></button>
<div class="drawer__head"><span data-slot="icon"></span><div><p class="over" data-slot="kind"></p><h2 id="drawer-name" data-slot="name">Details</h2></div><button class="iconbtn" data-act="close" aria-label="Close details">${icon('ui-close')}</button></div>
<div class="drawer__state" data-slot="state"></div>
<div class="tabs" role="tablist" aria-label="Details">${PARTS.map((p) => `<button role="tab" id="dt-${p}" data-part="${p}" aria-controls="dp-${p}" aria-selected="${p === 'why'}" tabindex="${p === 'why' ? 0 : -1}">${p === 'yaml' ? 'YAML' : p.charAt(0).toUpperCase() + p.slice(1)}</button>`).join('')}</div>
${PARTS.map((p) => `<div class="drawer__body" id="dp-${p}" data-part="${p}" role="tabpanel" aria-labelledby="dt-${p}" tabindex="0"${p === 'why' ? '' : ' hidden'}></div>`).join('')}
<div class="drawer__foot"><a class="btn btn--sm" data-link="trace" data-href="/trace?to=ID" href="/trace">${icon('ui-trace')}Trace to here</a></div></aside>`;

/**
 * @param {string} name of the fixture
 * @param {any} graph
 * @param {{dist: string, inline?: boolean}} options
 */
export function page(name, graph, { dist, inline = false }) {
  const sprite = readFileSync(new URL('icons/icons.svg', STATIC), 'utf8');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(graph.title)} · netviz</title><link rel="icon" href="data:,">
<script src="${dist}/theme.js"></script>
<link rel="stylesheet" href="/fonts.css"><link rel="stylesheet" href="/static/css/netviz.css">
<script type="module" src="${dist}/diagram.js"></script></head><body>${sprite}
<a class="skip" href="#main">Skip to content</a><div class="app">${topbar()}<main id="main" tabindex="-1">${head(graph)}
<section class="canvas" id="v-diagram" role="tabpanel" aria-labelledby="t-diagram"><nv-diagram data-src="/graph/${name}"${inline ? '' : ` data-ws="/ws/${name}"`} data-trace="/trace?from=ID"></nv-diagram></section>
<section class="view view--pad" id="v-table" role="tabpanel" aria-labelledby="t-table" hidden><div class="panel tablewrap" role="region" aria-label="Table" tabindex="0" data-nv="table"></div></section>
<section class="view" id="v-text" role="tabpanel" aria-labelledby="t-text" hidden data-nv="text"></section>
</main>${drawer()}</div></body></html>`;
}
