// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refresher } from '../../static/js/live/refresh.js';

/** A world whose time stands still until `pass`, and whose fetches take `takes` ms. */
function world({ takes = 0 } = {}) {
  /** @type {{at: number, run: () => void}[]} */
  const timers = [];
  const made = {
    time: 0,
    hidden: false,
    /** @type {number[]} when the page was fetched */
    fetched: [],
    pass: async (/** @type {number} */ ms) => {
      const until = made.time + ms;
      for (;;) {
        timers.sort((a, b) => a.at - b.at);
        const next = timers[0];
        if (!next || next.at > until) break;
        timers.shift();
        made.time = next.at;
        next.run();
        await new Promise((done) => setImmediate(done));
      }
      made.time = until;
    },
  };
  const after = (/** @type {() => void} */ run, /** @type {number} */ ms) =>
    timers.push({ at: made.time + ms, run });
  const refresher = new Refresher({
    now: () => made.time,
    after,
    isHidden: () => made.hidden,
    fetch: () => {
      made.fetched.push(made.time);
      return new Promise((done) => after(done, takes));
    },
  });
  return Object.assign(made, { refresher });
}

test('a change is fetched at once, many that follow together', async () => {
  const { refresher, fetched, pass } = world();
  refresher.ask();
  await pass(0);
  for (let i = 0; i < 10; i++) {
    refresher.ask();
    await pass(10);
  }
  await pass(2000);

  assert.deepEqual(fetched, [0, 500]);
});

test('a change during a fetch is fetched after it', async () => {
  const { refresher, fetched, pass } = world({ takes: 40 });
  refresher.ask();
  await pass(20);
  refresher.ask();
  await pass(2000);

  assert.deepEqual(fetched, [0, 500]);
});

test('a page that takes long is fetched less often', async () => {
  const { refresher, fetched, pass } = world({ takes: 300 });
  for (let i = 0; i < 60; i++) {
    refresher.ask();
    await pass(100);
  }

  assert.deepEqual(fetched, [0, 2400, 4800]);
});

test('a page that nobody sees waits until somebody does', async () => {
  const made = world();
  made.hidden = true;
  made.refresher.ask();
  await made.pass(5000);
  assert.deepEqual(made.fetched, []);

  made.hidden = false;
  made.refresher.go();
  await made.pass(0);
  assert.deepEqual(made.fetched, [5000]);
});
