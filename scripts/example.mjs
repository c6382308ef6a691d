// Copies of the examples that people and tests may do anything to.
// As a program: node scripts/example.mjs [--fresh]; makes the copy `npm start` opens and prints its path.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyedFolder, keyOf } from './keyedFolder.mjs';
import { npm } from './npm.mjs';
import { hostFolder, root } from './paths.mjs';

/** The copy that a person tries things in; kept between starts. */
export const tryFolder = path.join(hostFolder, 'try');

/**
 * Makes `to` a Git repository on branch `main` whose one commit is what `from` holds; installed and built
 * folders are left out. The folder must not exist.
 */
export function copyAsRepository(from, to) {
  fs.cpSync(from, to, {
    recursive: true,
    filter: (source) => !['node_modules', 'dist', '.git'].includes(path.basename(source)),
  });
  const git = (...args) =>
    execFileSync('git', args, { cwd: to, stdio: ['ignore', 'pipe', 'inherit'] });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Sluice example');
  git('config', 'user.email', 'example@sluice.invalid');
  git('config', 'commit.gpgSign', 'false');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Start from the example');
}

/** Makes a repository of an example at `to`, with its dependencies installed. */
export function copyExample(name, to) {
  const example = path.join(root, 'examples', name);
  fs.rmSync(to, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(to), { recursive: true });
  copyAsRepository(example, to);
  const dependencies = installExample(name);
  if (dependencies) {
    linkTree(dependencies, path.join(to, 'node_modules'));
  }
}

/** The node_modules of an example, installed once for each lock file; undefined if it has no lock file. */
export function installExample(name) {
  const example = path.join(root, 'examples', name);
  const inputs = ['package.json', 'package-lock.json'].map((file) => path.join(example, file));
  if (!inputs.every((file) => fs.existsSync(file))) {
    return undefined;
  }
  const key = keyOf(inputs, [process.platform, process.arch]);
  const folder = keyedFolder(path.join(hostFolder, 'example', name), key, (unfinished) => {
    console.log(`Installing the dependencies of examples/${name}…`);
    for (const file of inputs) {
      fs.copyFileSync(file, path.join(unfinished, path.basename(file)));
    }
    npm(unfinished, ['ci', '--ignore-scripts']);
  });
  return path.join(folder, 'node_modules');
}

/**
 * Copies a folder by hard links: a third of the time of a true copy, and yet a folder like any other. (A program that
 * rewrites a file in place would change it in every copy; package managers and compilers write anew.)
 */
function linkTree(from, to) {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) {
      linkTree(source, target);
    } else if (entry.isSymbolicLink()) {
      fs.symlinkSync(fs.readlinkSync(source), target);
    } else {
      linkFile(source, target);
    }
  }
}

function linkFile(source, target) {
  try {
    fs.linkSync(source, target);
  } catch (error) {
    if (error.code !== 'EXDEV') {
      throw error;
    }
    // The temporary folder may be another file system.
    fs.copyFileSync(source, target);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const copy = path.join(tryFolder, 'code-quality');
  if (process.argv.includes('--fresh') || !fs.existsSync(copy)) {
    copyExample('code-quality', copy);
  }
  console.log(copy);
}
