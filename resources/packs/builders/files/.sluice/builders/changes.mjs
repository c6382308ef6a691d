import fs from 'node:fs';
import path from 'node:path';

// A change is `{ "files": [{ "path", "text", "executable" }], "removed": [path] }`, as change.schema.json has it. It
// carries files whose names nobody knows before they are made from one step to the next, and onto a branch.

/** What decides what runs on somebody's machine, or is the folder's own bookkeeping. */
const FORBIDDEN = new Set([
  '.git',
  '.github',
  '.gitlab',
  '.vscode',
  '.idea',
  '.sluice',
  '.claude',
  '.husky',
]);
const LARGEST_BYTES = 10 * 1024 * 1024;

/** Why a path cannot be part of a change; `undefined`: it can. */
export function pathFault(file) {
  if (typeof file !== 'string' || file === '' || /[\\\r\n\0]/.test(file)) {
    return 'is no path with "/"';
  }
  if (file.startsWith('/') || /^[A-Za-z]:/.test(file)) {
    return 'is not relative to the folder';
  }
  const parts = file.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    return 'leads out of the folder';
  }
  return parts.some((part) => FORBIDDEN.has(part.toLowerCase().replace(/[. ]+$/, '')))
    ? 'is out of bounds'
    : undefined;
}

/** Why a file cannot be read or written where its path says: a link stands in the way. */
export function linkFault(file) {
  let at = '.';
  for (const part of file.split('/')) {
    at = path.join(at, part);
    if (fs.lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) {
      return `leads through the link ${at}`;
    }
  }
  return undefined;
}

/** The change that these paths of the current folder are. @throws a sentence for a path that cannot be */
export function changeOf(paths) {
  const files = [];
  const removed = [];
  for (const file of [...new Set(paths)].sort()) {
    const fault = pathFault(file) ?? linkFault(file);
    if (fault !== undefined) {
      throw new Error(`"${file}" ${fault}.`);
    }
    const status = fs.statSync(file, { throwIfNoEntry: false });
    if (status === undefined) {
      removed.push(file);
    } else if (!status.isFile() || status.size > LARGEST_BYTES) {
      throw new Error(`"${file}" is no file of at most ${LARGEST_BYTES} bytes.`);
    } else {
      const bytes = fs.readFileSync(file);
      if (bytes.includes(0)) {
        throw new Error(`"${file}" is no text.`);
      }
      files.push({
        path: file,
        text: bytes.toString('utf8'),
        executable: (status.mode & 0o100) !== 0,
      });
    }
  }
  return { files, removed };
}

/** Makes the current folder as a change says. Nothing is written where any path of it cannot be. @throws a sentence */
export function layIn(change) {
  const all = [...change.files.map((file) => file.path), ...change.removed];
  for (const file of all) {
    const fault = pathFault(file) ?? linkFault(file);
    if (fault !== undefined) {
      throw new Error(`"${file}" ${fault}.`);
    }
  }
  for (const { path: file, text, executable } of change.files) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    fs.chmodSync(file, executable ? 0o755 : 0o644);
  }
  for (const file of change.removed) {
    fs.rmSync(file, { force: true });
  }
  return all;
}

/** Changes that needed steps made, in the order they are to be laid in: code, tests, then what repaired them. */
export function neededChanges(needs) {
  if (needs === undefined || !fs.existsSync(needs)) {
    return [];
  }
  return ['change.json', 'tests.json', 'fix.json'].flatMap((name) =>
    fs
      .readdirSync(needs)
      .sort()
      .map((task) => path.join(needs, task, 'files/build', name))
      .filter((file) => fs.existsSync(file)),
  );
}

/** Ends with exit code 1 and the sentence of whatever was thrown. */
export function orTell(work) {
  try {
    work();
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.exitCode = 1;
  }
}
