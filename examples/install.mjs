import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The example project; it is not worked on in place, but copied. */
export const exampleFolder = fileURLToPath(new URL('code-quality', import.meta.url));

const cacheFolder = fileURLToPath(new URL('../.host/example', import.meta.url));

/**
 * Installs the example's dependencies unless that was done before for the same lock file, and
 * returns the absolute path of their `node_modules`. Two processes may do it at once: each installs
 * in a folder of its own, and the first to finish gives its folder the name that both return.
 * Throws with npm's own words when npm fails.
 * @returns {string}
 */
export function installExample() {
  const lock = readFileSync(path.join(exampleFolder, 'package-lock.json'));
  const name = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const folder = path.join(cacheFolder, name);
  const modules = path.join(folder, 'node_modules');
  if (existsSync(modules)) {
    return modules;
  }
  mkdirSync(cacheFolder, { recursive: true });
  const own = mkdtempSync(path.join(cacheFolder, `${name}-`));
  try {
    for (const file of ['package.json', 'package-lock.json']) {
      cpSync(path.join(exampleFolder, file), path.join(own, file));
    }
    npmCi(own);
    try {
      renameSync(own, folder);
    } catch (error) {
      if (!existsSync(modules)) {
        throw error;
      }
    }
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  return modules;
}

/** @param {string} folder */
function npmCi(folder) {
  const args = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  const { error, status, stderr } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    // On Windows npm is a script that only a shell runs.
    shell: process.platform === 'win32',
  });
  if (error) {
    throw error;
  }
  if (status !== 0) {
    throw new Error(`npm ci for the example ended with ${status}:\n${stderr}`);
  }
}
