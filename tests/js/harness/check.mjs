// @ts-check
/**
 * Walks through the harness's pages in headless Chromium and says what does not hold: keyboard,
 * live changes, drawer, search, export, axe. `node tests/js/harness/check.mjs http://127.0.0.1:18990`.
 * Exits with 1 when a claim fails.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const base = process.argv[2] ?? 'http://127.0.0.1:18990';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
let failed = 0;
const claim = (
  /** @type {string} */ text,
  /** @type {boolean} */ holds,
  /** @type {unknown} */ saw = '',
) => {
  if (!holds) failed++;
  console.log(
    `${holds ? 'ok  ' : 'FAIL'} ${text}${holds || saw === '' ? '' : `: ${JSON.stringify(saw)}`}`,
  );
};

/** @param {string} path @param {{width?: number, height?: number, live?: boolean}} [how] */
async function open(path, { width = 1440, height = 900, live = false } = {}) {
  const page = await browser.newPage({
    viewport: { width, height },
    bypassCSP: false,
    acceptDownloads: true,
  });
  /** @type {string[]} */
  const noise = [];
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && noise.push(m.text()));
  page.on('pageerror', (e) => noise.push(e.message));
  /** @type {((m: object) => void)[]} */
  const senders = [];
  await page.routeWebSocket(/\/ws\//, (socket) =>
    senders.push((m) => socket.send(JSON.stringify(m))),
  );
  if (live)
    await page.addInitScript(() =>
      document.addEventListener(
        'DOMContentLoaded',
        () => document.querySelector('nv-diagram')?.setAttribute('data-ws', '/ws/x'),
        { capture: true },
      ),
    );
  await page.goto(`${base}${path}`);
  await page.waitForSelector('nv-diagram svg', { state: 'attached' });
  await page.waitForTimeout(500);
  return { page, noise, send: (/** @type {object} */ m) => senders.at(-1)?.(m) };
}

/** @param {import('playwright-core').Page} page */
const focused = (page) =>
  page.evaluate(
    () => document.activeElement?.getAttribute('data-id') ?? document.activeElement?.tagName,
  );

{
  const { page, noise } = await open('/endpoints?tab=diagram');
  const graph = JSON.parse(
    readFileSync(new URL('../fixtures/endpoints.json', import.meta.url), 'utf8'),
  );
  const cards = await page.locator('nv-diagram svg a[data-id][aria-label]').count();
  claim(
    'every node of the graph has a card that is a link with a label',
    cards === graph.nodes.length,
    cards,
  );
  claim(
    'the drawing has one tab stop',
    (await page.locator('nv-diagram svg a[tabindex="0"]').count()) === 1,
  );
  await page.locator('nv-diagram svg a[tabindex="0"]').focus();
  await page.keyboard.press('ArrowRight');
  claim(
    'an arrow moves to the nearest card',
    (await focused(page))?.startsWith('EndpointSlice/') ?? false,
    await focused(page),
  );
  await page.locator('a[data-id="EndpointSlice/shop/frontend-x7k2p"]').focus();
  await page.keyboard.press('Tab');
  claim(
    'Tab goes on in reading order',
    (await focused(page)) === 'EndpointSlice/shop/frontend-m4hjd',
    await focused(page),
  );
  await page.keyboard.press('Enter');
  claim('Enter opens the drawer', await page.locator('aside.drawer').isVisible());
  claim(
    'the selected card is current',
    (await page
      .locator('a[data-id="EndpointSlice/shop/frontend-m4hjd"]')
      .getAttribute('aria-current')) === 'true',
  );
  claim(
    'the address holds the selection',
    page.url().includes('sel=EndpointSlice/shop/frontend-m4hjd'),
    page.url(),
  );
  await page.locator('#dt-yaml').click();
  await page.locator('a[data-id="Service/shop/frontend"]').click();
  claim(
    'the drawer keeps its tab as the selection changes',
    (await page.locator('#dt-yaml').getAttribute('aria-selected')) === 'true',
  );
  await page.keyboard.press('Escape');
  claim('Escape closes the drawer', await page.locator('aside.drawer').isHidden());
  await page.keyboard.press('v');
  claim('v shows the table', await page.locator('#v-table table tbody tr').first().isVisible());
  await page.keyboard.press('v');
  claim('v shows the text', await page.locator('#v-text ol li').first().isVisible());
  await page.keyboard.press('v');
  await page.keyboard.press('?');
  claim('? lists the keys', await page.locator('dialog[open] dl').isVisible());
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  claim('/ goes to the search', (await focused(page)) === 'INPUT');
  await page.keyboard.type('knd:pod');
  claim(
    'a mistyped term is answered with a suggestion',
    (await page.locator('.palette').textContent())?.includes('did you mean kind') ?? false,
  );
  await page.locator('input[type=search]').fill('kind:pod stat');
  await page.keyboard.press('Tab');
  claim(
    'Tab completes a term',
    (await page.locator('input[type=search]').inputValue()) === 'kind:pod status:',
  );
  await page.locator('input[type=search]').fill('kind:pod');
  await page.keyboard.press('Enter');
  claim(
    'a query dims the rest',
    (await page.locator('.nv-card.is-dim').count()) === 6,
    await page.locator('.nv-card.is-dim').count(),
  );
  await page.getByRole('button', { name: 'Export' }).click();
  const [first] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'SVG' }).click(),
  ]);
  const one = readFileSync(await first.path(), 'utf8');
  await page.reload();
  await page.waitForSelector('nv-diagram svg a[data-id]');
  await page.getByRole('button', { name: 'Export' }).click();
  const [second] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'SVG' }).click(),
  ]);
  claim(
    'the same address twice gives the same SVG',
    one === readFileSync(await second.path(), 'utf8'),
  );
  claim(
    'the SVG has title, description, full names and the time',
    /<title>.*<desc>.*2026-01-01T12:00:00Z/s.test(one) &&
      graph.nodes.every((/** @type {any} */ n) => one.includes(n.name)),
  );
  claim(
    'no variable is left in the SVG',
    !/var\(--|color-mix/.test(one.replace(/<symbol.*?<\/symbol>/gs, '')),
  );
  await page.goto(`data:text/html,<body style="margin:0">${encodeURIComponent(one)}`);
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
  claim('nothing is said on the console', noise.length === 0, noise);
  await page.close();
}

{
  const { page, send, noise } = await open('/endpoints?tab=diagram', { live: true });
  const graph = JSON.parse(
    readFileSync(new URL('../fixtures/endpoints.json', import.meta.url), 'utf8'),
  );
  await page.waitForTimeout(300);
  const places = () =>
    page.evaluate(() =>
      Object.fromEntries(
        [...document.querySelectorAll('nv-diagram svg a[data-id]')].map((a) => [
          a.getAttribute('data-id'),
          a.parentElement?.getAttribute('transform'),
        ]),
      ),
    );
  const before = await places();
  const pod = graph.nodes[3];
  const gone = graph.nodes[5];
  send({
    type: 'delta',
    prev: 8123,
    rev: 8124,
    time: '2026-01-01T12:00:05Z',
    change: {
      nodes: [{ ...pod, word: 'not ready', state: 'warn', label: `Pod ${pod.name}, not ready` }],
    },
    add: { nodes: [{ ...pod, id: 'Pod/shop/late', name: 'late', label: 'Pod late', order: '9' }] },
    remove: { nodes: [gone.id] },
    head: { verdict: { state: 'deny', text: 'changed', why: '' } },
  });
  await page.waitForSelector('a[data-id="Pod/shop/late"]');
  const after = await places();
  claim('a new card appears', 'Pod/shop/late' in after);
  claim(
    'no card that was there moves',
    Object.keys(before).every((id) => id === gone.id || before[id] === after[id]),
  );
  claim("a removed card's link has lost its id", !(gone.id in after));
  claim('a ghost stays for a while', (await page.locator('.nv-card--removed').count()) === 1);
  claim(
    'a changed card tells its new state',
    (await page.locator(`a[data-id="${pod.id}"]`).getAttribute('aria-label'))?.includes(
      'not ready',
    ) ?? false,
  );
  claim('the verdict changes', (await page.locator('h1').textContent()) === 'changed');
  claim(
    'the badge is live',
    /^live \d+ s/.test((await page.locator('[data-nv=live]').textContent()) ?? ''),
    await page.locator('[data-nv=live]').textContent(),
  );
  await page.keyboard.press('p');
  send({ type: 'delta', prev: 8124, rev: 8125, remove: { nodes: ['Pod/shop/late'] } });
  await page.waitForTimeout(400);
  claim(
    'a paused page waits and counts',
    (await page.locator('[data-nv=live]').textContent())?.includes('paused, 1 waiting') ?? false,
  );
  claim('a paused page does not change', 'Pod/shop/late' in (await places()));
  await page.keyboard.press('p');
  await page.waitForSelector('.toast');
  claim(
    'resume says what changed',
    (await page.locator('.toast').textContent())?.includes('+0 −1 ~0') ?? false,
  );
  await page.waitForTimeout(6200);
  claim(
    'the ghosts are gone after their time',
    (await page.locator('.nv-card--removed').count()) === 0,
  );
  claim('nothing is said on the console', noise.length === 0, noise);
  await page.close();
}

for (const [path, size] of /** @type {[string, {width: number, height: number}][]} */ ([
  ['/endpoints?tab=diagram&sel=Service/shop/frontend', { width: 1440, height: 900 }],
  ['/endpoints?tab=table', { width: 1440, height: 900 }],
  ['/map-l1?tab=diagram', { width: 1440, height: 900 }],
  ['/map-l0?tab=diagram', { width: 1440, height: 900 }],
  ['/huge?tab=diagram', { width: 1440, height: 900 }],
  ['/endpoints?tab=diagram', { width: 390, height: 844 }],
]))
  for (const theme of ['light', 'dark', 'contrast']) {
    const { page } = await open(`${path}&theme=${theme}`, size);
    await page.waitForTimeout(200);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => /** @type {any} */ (window).axe.run());
    const serious = violations.filter((/** @type {any} */ v) =>
      ['serious', 'critical'].includes(v.impact),
    );
    claim(
      `axe finds nothing serious: ${path} ${theme} ${size.width}`,
      serious.length === 0,
      serious.map((/** @type {any} */ v) => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 140)]),
    );
    await page.close();
  }

await browser.close();
process.exitCode = failed ? 1 : 0;
