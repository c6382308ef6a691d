import fs from 'node:fs';
import path from 'node:path';

/** Whether the folder has the file. */
export function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

export function isOnPath(program) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .some((folder) => endings.some((ending) => isFile(path.join(folder, program + ending))));
}

/** Files below a folder, with it in their paths; nothing of what is not the project's own. */
export function filesIn(folder) {
  if (!fs.existsSync(folder)) {
    return [];
  }
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      return NOT_OURS.includes(entry.name) ? [] : filesIn(file);
    }
    return entry.isFile() ? [file] : [];
  });
}

/** Folders of tools, and of what is built. */
export const NOT_OURS = ['.git', '.venv', 'venv', 'node_modules', 'build', 'dist', 'target'];
