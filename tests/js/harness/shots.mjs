// @ts-check
/**
 * Screenshots of the harness: `node tests/js/harness/shots.mjs http://127.0.0.1:18990 <folder> [fixture...]`.
 * Prints what the browser's console says.
 */
import { chromium } from 'playwright-core';

const [, , base, folder, ...wanted] = process.argv;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
for (const name of wanted.length ? wanted : ['endpoints', 'map-l1', 'map-l0', 'huge', 'empty']) {
  for (const { width, height } of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    for (const theme of ['light', 'dark']) {
      const page = await browser.newPage({ viewport: { width, height } });
      page.on('console', (m) => console.log(name, m.type(), m.text()));
      page.on('pageerror', (e) => console.log(name, 'error', e.message));
      const sel = name === 'endpoints' ? '&sel=Pod/shop/frontend-canary-57c9d6b4f-q8mzn' : '';
      await page.goto(`${base}/${name}?theme=${theme}&tab=diagram${sel}`);
      await page.waitForTimeout(700);
      await page.screenshot({ path: `${folder}/${name}-${theme}-${width}.png` });
      await page.close();
    }
  }
}
await browser.close();
