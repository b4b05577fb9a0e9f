import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a page with a drawing may load of scripts before anybody touches it, compressed. */
const FIRST_BYTES = 60 * 1024;

/** An entry and everything it imports statically.
 * @param {string} dist @param {string} file @param {Set<string>} [seen] @returns {Set<string>} */
function loadedFirst(dist, file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(path.join(dist, file), 'utf8');
  for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g))
    loadedFirst(dist, String(name), seen);
  return seen;
}

test('the build puts fonts beside fonts.css, and first views load few scripts', (context) => {
  const dist = mkdtempSync(path.join(tmpdir(), 'netviz-dist-'));
  context.after(() => rmSync(dist, { recursive: true }));
  const build = spawnSync(process.execPath, ['scripts/build.mjs', dist], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(build.status, 0, build.stderr);

  const sheet = readFileSync(path.join(dist, 'fonts.css'), 'utf8');
  const files = [...sheet.matchAll(/url\("([^"]+)"\)/g)].map((match) => String(match[1]));

  assert.ok(files.length > 0);
  for (const file of files) {
    assert.ok(existsSync(path.join(dist, file)), file);
  }

  for (const entry of ['diagram.js', 'trace.js', 'plan.js']) {
    const first = loadedFirst(dist, entry);
    const bytes = [...first].reduce(
      (sum, file) => sum + gzipSync(readFileSync(path.join(dist, file))).length,
      0,
    );
    assert.ok(bytes <= FIRST_BYTES, `${entry} loads ${bytes} bytes in ${first.size} files`);
  }
});

test('no lock file names a registry', () => {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));

  const resolved = Object.values(lock.packages).filter((entry) =>
    Object.hasOwn(Object(entry), 'resolved'),
  );

  assert.deepEqual(resolved, []);
});
