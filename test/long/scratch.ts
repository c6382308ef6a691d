import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * A new folder for files that need not survive the machine: in memory where the system has such a place. A kill
 * takes nothing from there that it would leave on a disk, and power losses are made here by hand.
 */
export function scratchFolder(prefix: string): string {
  const memory = '/dev/shm';
  const parent = isWritable(memory) ? memory : os.tmpdir();
  return fs.realpathSync(fs.mkdtempSync(path.join(parent, prefix)));
}

function isWritable(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
