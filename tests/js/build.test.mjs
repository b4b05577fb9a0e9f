import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the build puts every font that fonts.css names beside it', () => {
  const build = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, encoding: 'utf8' });
  assert.equal(build.status, 0, build.stderr);

  const sheet = readFileSync(path.join(root, 'static/dist/fonts.css'), 'utf8');
  const files = [...sheet.matchAll(/url\("([^"]+)"\)/g)].map((match) => match[1]);

  assert.ok(files.length > 0);
  for (const file of files) {
    assert.ok(existsSync(path.join(root, 'static/dist', file)), file);
  }
});

test('no lock file names a registry', () => {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));

  const resolved = Object.values(lock.packages).filter((entry) => 'resolved' in entry);

  assert.deepEqual(resolved, []);
});
