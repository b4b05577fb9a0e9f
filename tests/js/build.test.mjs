import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the build puts every font that fonts.css names beside it', (context) => {
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
});

test('no lock file names a registry', () => {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));

  const resolved = Object.values(lock.packages).filter((entry) =>
    Object.hasOwn(Object(entry), 'resolved'),
  );

  assert.deepEqual(resolved, []);
});
