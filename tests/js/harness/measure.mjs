// @ts-check
/**
 * Measures the drawing in headless Chromium: `node tests/js/harness/measure.mjs http://127.0.0.1:18990 [fixture...]`.
 * Prints, per fixture, the time from JSON to paint, frame times while panning, SVG elements, and
 * the number of cards. For people; the tests check counts, not times.
 */
import { chromium } from 'playwright-core';

const [, , base, ...wanted] = process.argv;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
for (const name of wanted.length ? wanted : ['endpoints', 'huge', 'stress']) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (e) => console.log(name, 'error', e.message));
  await page.addInitScript(() => {
    const json = Response.prototype.json;
    Response.prototype.json = async function () {
      const value = await json.call(this);
      Object.assign(window, { gotJson: performance.now() });
      return value;
    };
    document.addEventListener(
      'nv:graph',
      () =>
        requestAnimationFrame(() =>
          setTimeout(() => Object.assign(window, { painted: performance.now() })),
        ),
      { once: true },
    );
  });
  await page.goto(`${base}/${name}?tab=diagram`);
  await page.waitForFunction(() => 'painted' in window, null, { timeout: 60000 });
  const first = await page.evaluate(() =>
    Math.round(/** @type {any} */ (window).painted - /** @type {any} */ (window).gotJson),
  );
  for (const zoom of [1, 0.45, 0.2]) {
    await page.evaluate((k) => {
      const view = /** @type {any} */ (document.querySelector('nv-diagram'));
      view.canvas.viewport.set({ x: 40, y: 0, k });
    }, zoom);
    await page.waitForTimeout(300);
    await page.evaluate(() => {
      const frames = /** @type {number[]} */ ([]);
      let last = performance.now();
      const step = (/** @type {number} */ now) => {
        frames.push(now - last);
        last = now;
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
      Object.assign(window, { frames });
    });
    const free = await page.evaluate(() => {
      for (let y = 260; y < 640; y += 4)
        for (let x = 400; x < 1100; x += 4)
          if (!document.elementFromPoint(x, y)?.closest('a, [data-edge]')) return { x, y };
      return { x: 900, y: 500 };
    });
    await page.mouse.move(free.x, free.y);
    await page.mouse.down();
    for (let i = 0; i < 60; i++) await page.mouse.move(free.x - i * 12, free.y - i * 5);
    await page.mouse.up();
    const { p95, count, elements } = await page.evaluate(() => {
      const frames = /** @type {any} */ (window).frames
        .slice(2)
        .sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
      const elements = document.querySelectorAll('nv-diagram > svg *').length;
      return {
        p95: Math.round(frames[Math.floor(frames.length * 0.95)]),
        count: frames.length,
        elements,
      };
    });
    console.log(
      `${name} zoom ${zoom}: first paint ${first} ms, pan p95 ${p95} ms over ${count} frames, ${elements} SVG elements`,
    );
  }
  await page.close();
}
await browser.close();
