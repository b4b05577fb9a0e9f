// Run the scripts' own tests, tests/js/**/*.test.js, under node --test.
// The files are found here because Node 20 takes no patterns.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tests = readdirSync(path.join(root, 'tests/js'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.test\.m?js$/.test(name))
  .sort()
  .map((name) => path.join('tests/js', name));

const run = spawnSync(process.execPath, ['--test', ...tests], { cwd: root, stdio: 'inherit' });
process.exit(run.status ?? 1);
