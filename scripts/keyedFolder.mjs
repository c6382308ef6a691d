import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** A short digest of the bytes of `files` and of `words`. */
export function keyOf(files, words = []) {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(fs.readFileSync(file)).update('\0');
  }
  return hash.update(words.join('\0')).digest('hex').slice(0, 16);
}

/**
 * The folder `<parent>/<key>`, made when it is not there by `fill`, which gets the
 * folder to fill and the one it will become. Returns its path.
 *
 * 1. The folder is complete if it exists: it is filled under another name and then renamed, so an
 *    interrupted or a second simultaneous install leaves nothing half made.
 * 2. Folders of other keys are removed once this one is complete, as nothing asks for them again.
 */
export function keyedFolder(parent, key, fill) {
  const folder = path.join(parent, key);
  if (fs.existsSync(folder)) {
    return folder;
  }
  const unfinished = path.join(parent, `unfinished-${process.pid}`);
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.mkdirSync(unfinished, { recursive: true });
  try {
    fill(unfinished, folder);
    if (!fs.existsSync(folder)) {
      fs.renameSync(unfinished, folder);
    }
  } finally {
    fs.rmSync(unfinished, { recursive: true, force: true });
  }
  for (const other of fs.readdirSync(parent)) {
    const maker = /^unfinished-(\d+)$/.exec(other)?.[1];
    if (other !== key && !(maker && isAlive(Number(maker)))) {
      fs.rmSync(path.join(parent, other), { recursive: true, force: true });
    }
  }
  return folder;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
