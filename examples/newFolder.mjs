// A fresh Git repository of an example: its files, the agents of the pack "builders", and what it needs installed.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const examples = import.meta.dirname;
const root = path.dirname(examples);
const PACK = path.join(root, 'resources/packs/builders/files');
/** What is no part of the project. */
const LEFT_OUT = ['node_modules', 'dist', 'scripted-model', '__pycache__'];

/**
 * @param {string} name of the example
 * @param {string} to absolute; must not exist
 * @param {{ readonly withTodos: boolean }} options whether its todo list comes along, or is still to be planned
 */
export function makeExample(name, to, { withTodos }) {
  const from = path.join(examples, name);
  fs.cpSync(from, to, {
    recursive: true,
    filter: (source) =>
      !LEFT_OUT.includes(path.basename(source)) &&
      (withTodos || source !== path.join(from, '.sluice/todos')),
  });
  // The agents stand in the pack alone, so that an example never has older ones.
  fs.cpSync(PACK, to, { recursive: true, force: false });
  installInto(from, to);
  const git = (...args) =>
    execFileSync('git', args, { cwd: to, stdio: ['ignore', 'pipe', 'inherit'] });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Sluice example');
  git('config', 'user.email', 'example@sluice.invalid');
  git('config', 'commit.gpgSign', 'false');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Start from the example');
}

/** The newest todo list of a folder, by its name; `undefined`: there is none. */
export function todoListOf(folder) {
  const todos = path.join(folder, '.sluice/todos');
  const files = fs.existsSync(todos) ? fs.readdirSync(todos) : [];
  const [newest] = files
    .map((file) => ({ file, at: fs.statSync(path.join(todos, file)).mtimeMs }))
    .sort((one, other) => other.at - one.at);
  return newest && path.parse(newest.file).name;
}

/**
 * Its `node_modules`, as the lock file has them, copied from what this repository has installed: an example needs no
 * package that is not here.
 */
function installInto(from, to) {
  const lock = path.join(from, 'package-lock.json');
  if (!fs.existsSync(lock)) {
    return;
  }
  const { packages } = JSON.parse(fs.readFileSync(lock, 'utf8'));
  for (const place of Object.keys(packages).filter((one) => one !== '')) {
    fs.cpSync(path.join(root, place), path.join(to, place), { recursive: true });
  }
}
