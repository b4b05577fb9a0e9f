// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GraphStore } from '../../static/js/graph/store.js';
import { LiveSocket, retryDelay } from '../../static/js/live/socket.js';
import { at, fixture } from './fixture.js';

/** A world in which time passes when told, and servers are made of arrays. */
class World {
  constructor() {
    this.time = 0;
    /** @type {{at: number, run: () => void, id: number}[]} */
    this.timers = [];
    /** @type {any[]} */
    this.sockets = [];
    this.ids = 0;
  }

  /** @returns {import('../../static/js/live/socket.js').Clock} */
  get clock() {
    return {
      now: () => this.time,
      random: () => 0.5,
      after: (run, ms) => {
        this.timers.push({ at: this.time + ms, run, id: ++this.ids });
        return this.ids;
      },
      cancel: (id) => {
        this.timers = this.timers.filter((t) => t.id !== id);
      },
      open: () => {
        const socket = {
          readyState: 0,
          sent: /** @type {string[]} */ ([]),
          send: (/** @type {string} */ t) => socket.sent.push(t),
          close: () => this.close(socket),
        };
        this.sockets.push(socket);
        return /** @type {any} */ (socket);
      },
    };
  }

  get server() {
    return this.sockets[this.sockets.length - 1];
  }

  accept() {
    this.server.readyState = 1;
    this.server.onopen();
  }

  /** @param {any} socket */
  close(socket) {
    socket.readyState = 3;
    socket.onclose();
  }

  /** @param {object} message */
  send(message) {
    this.server.onmessage({ data: JSON.stringify(message) });
  }

  /** @param {number} ms */
  pass(ms) {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers
        .filter((t) => t.at <= end)
        .sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (!next) break;
      this.timers = this.timers.filter((t) => t !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
  }
}

/** A socket that is open, and what it has handed over. */
function opened() {
  const world = new World();
  const socket = new LiveSocket('ws://x', world.clock);
  /** @type {{type: string, detail: any}[]} */
  const heard = [];
  for (const type of ['snapshot', 'delta', 'rev', 'gone'])
    socket.addEventListener(type, (e) =>
      heard.push({ type, detail: /** @type {CustomEvent} */ (e).detail }),
    );
  socket.start(100);
  world.accept();
  return {
    world,
    socket,
    heard,
    asked: () => world.server.sent.filter((/** @type {string} */ t) => t.includes('resync')).length,
  };
}

const change = (
  /** @type {number} */ prev,
  /** @type {number} */ rev,
  /** @type {string} */ id = 'Pod/a/b',
) => ({ type: 'delta', prev, rev, change: { nodes: [{ id }] } });

test('a storm over one object is applied four times a second, each time as its last state', () => {
  const { world, heard } = opened();
  const begin = world.time;
  for (let i = 0; i < 100; i++) {
    world.send({ ...change(100 + i, 101 + i), change: { nodes: [{ id: 'Pod/a/b', at: i }] } });
    world.pass(20);
  }
  world.pass(1000);
  const deltas = heard.filter((h) => h.type === 'delta').map((h) => h.detail.delta);

  assert.ok(deltas.length <= ((world.time - begin - 1000) / 1000) * 4 + 1, String(deltas.length));
  assert.ok(deltas.every(({ change: { nodes } }) => nodes.length === 1));
  assert.equal(at(deltas, -1).change.nodes[0].at, 99);
});

test('deltas are applied at most four times a second, those in between as one', () => {
  const { world, heard } = opened();
  for (let i = 0; i < 20; i++) {
    world.send(change(100 + i, 101 + i, `Pod/a/${i}`));
    world.pass(50);
  }
  world.pass(1000);
  const deltas = heard.filter((h) => h.type === 'delta');

  assert.ok(deltas.length <= 5, String(deltas.length));
  assert.equal(
    deltas.reduce((n, d) => n + d.detail.delta.change.nodes.length, 0),
    20,
  );
  assert.equal(at(deltas, -1).detail.delta.rev, 120);
});

test('a delta that does not follow is answered with a request for a snapshot', () => {
  const { world, heard, asked } = opened();
  world.send(change(105, 106));
  world.pass(1000);

  assert.equal(asked(), 1);
  assert.equal(heard.length, 0);
});

test('deltas are ignored until the snapshot asked for has come', () => {
  const { world, heard } = opened();
  world.send(change(105, 106));
  world.send(change(100, 107));
  world.send({ type: 'snapshot', rev: 108, graph: { ...fixture('endpoints'), rev: 108 } });
  world.send(change(108, 109));
  world.pass(1000);

  assert.deepEqual(
    heard.map((h) => h.type),
    ['snapshot', 'delta'],
  );
});

test('a delta of what is already shown is ignored', () => {
  const { world, heard, asked } = opened();
  world.send(change(90, 100));
  world.pass(1000);

  assert.deepEqual([heard.length, asked()], [0, 0]);
});

test('a heartbeat moves the revision on, so that the next delta follows', () => {
  const { world, heard, asked, socket } = opened();
  world.send({ type: 'heartbeat', rev: 105, time: 't' });
  world.send(change(105, 106));
  world.pass(1000);

  assert.deepEqual([heard.map((h) => h.type), asked(), socket.rev], [['rev', 'delta'], 0, 106]);
});

test('after 20 s of silence a snapshot is asked for, and the line is given up when none comes', () => {
  const { world, asked } = opened();
  world.pass(19_000);
  assert.equal(asked(), 0);
  world.pass(3_000);
  assert.equal(asked(), 1);
  world.pass(20_000);

  assert.equal(world.server.readyState === 1, false);
});

test('a page that is paused shows nothing new, counts objects, and applies one delta on resume', () => {
  const { world, heard, socket } = opened();
  socket.pause();
  for (let i = 0; i < 14; i++) world.send(change(100 + i, 101 + i, `Pod/a/${i}`));
  world.pass(5000);

  assert.deepEqual([heard.length, socket.state.text], [0, 'paused, 14 waiting']);
  socket.resume();
  assert.equal(heard.length, 1);
  assert.deepEqual([at(heard, 0).detail.delta.prev, at(heard, 0).detail.delta.rev], [100, 114]);
});

test('a snapshot that comes while paused is asked for again on resume', () => {
  const { world, heard, socket, asked } = opened();
  socket.pause();
  world.send({ type: 'snapshot', rev: 300, graph: { ...fixture('endpoints'), rev: 300 } });
  assert.equal(heard.length, 0);
  socket.resume();

  assert.equal(asked(), 1);
});

test('a lost line is opened again, later each time, and says so', () => {
  const { world, socket } = opened();
  world.close(world.server);
  assert.equal(socket.state.state, 'reconnecting');
  assert.match(socket.state.text, /^reconnecting in \d+ s/);
  const before = world.sockets.length;
  world.pass(1000);

  assert.equal(world.sockets.length, before + 1);
});

test('waits grow from 1 s to 30 s, with full jitter', () => {
  assert.deepEqual(
    [0, 1, 4, 10].map((n) => retryDelay(n, 1)),
    [1000, 2000, 16_000, 30_000],
  );
  assert.equal(retryDelay(10, 0), 0);
});

test('the state says for how many seconds nothing came, and goes stale after 30 s', () => {
  const { world, socket } = opened();
  world.pass(2000);
  assert.equal(socket.state.text, 'live 2 s');
  assert.equal(socket.state.stale, false);
  world.close(world.server);
  world.pass(31_000);

  assert.equal(socket.state.stale, true);
});

test('a view whose object is gone is not opened again', () => {
  const { world, socket } = opened();
  world.send({ type: 'gone', rev: 120 });
  const before = world.sockets.length;
  world.close(world.server);
  world.pass(60_000);

  assert.deepEqual([socket.state.state, world.sockets.length], ['gone', before]);
});

test('after a minute without a line, with changes meanwhile, the page equals a fresh load', () => {
  const { world, socket } = opened();
  const store = new GraphStore();
  store.load({ ...fixture('endpoints'), rev: 100 });
  socket.addEventListener('snapshot', (e) =>
    store.merge(/** @type {CustomEvent} */ (e).detail.graph, 0),
  );
  world.close(world.server);
  const fresh = fixture('endpoints');
  fresh.rev = 200;
  fresh.nodes = fresh.nodes.slice(2).map((n) => ({ ...n, word: 'later' }));
  world.pass(60_000);
  world.accept();
  world.send({ type: 'snapshot', rev: 200, graph: fresh });
  const sort = (/** @type {{id: string}[]} */ list) =>
    [...list].sort((a, b) => (a.id < b.id ? -1 : 1));

  const shown = store.graph();
  assert.ok(shown);
  assert.deepEqual({ ...shown, nodes: sort(shown.nodes) }, { ...fresh, nodes: sort(fresh.nodes) });
});
