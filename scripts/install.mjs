import fs from 'node:fs';
import path from 'node:path';
import { npm } from './npm.mjs';
import { root } from './paths.mjs';

/** Installs the repository's own dependencies unless node_modules is what the lock file says. */
export function installDependencies() {
  if (isInstalled(root)) {
    return;
  }
  console.log('Installing dependencies (npm ci)…');
  npm(root, ['ci']);
}

/**
 * Whether node_modules holds exactly what package-lock.json lists. npm keeps its own account of what it
 * installed in node_modules/.package-lock.json; file times would be wrong after a `git switch`.
 */
function isInstalled(folder) {
  const account = path.join(folder, 'node_modules/.package-lock.json');
  if (!fs.existsSync(account)) {
    return false;
  }
  const wanted = packagesIn(path.join(folder, 'package-lock.json'));
  // The repository itself.
  delete wanted[''];
  const present = packagesIn(account);
  return (
    Object.keys(present).every((name) => name in wanted) &&
    Object.entries(wanted).every(([name, { version, integrity, optional }]) => {
      const found = present[name];
      // Optional packages are those of other systems: their absence is right.
      return found ? found.version === version && found.integrity === integrity : optional === true;
    })
  );
}

function packagesIn(lockFile) {
  return JSON.parse(fs.readFileSync(lockFile, 'utf8')).packages;
}
