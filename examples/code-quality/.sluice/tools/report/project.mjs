import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// Not what follows a letter, a dot or a colon: that is a relative path or a web address.
const absolutePaths =
  /(?:file:\/\/\/|(?<![\w.~@:/-])\/|\b[A-Za-z]:\\)[^\s'"`()<>|:*?]*[^\s'"`()<>|:*?.,;]/g;

/**
 * The files of the project, as they are in the working directory. Each tool ran in a copy of its
 * own, so the absolute paths it printed name folders that are not this one and may be gone. What
 * they have in common with this one is their tail.
 */
export class Project {
  #folder;
  /**
   * Folders the tools ran in, as far as their paths told.
   * @type {Set<string>}
   */
  #copies = new Set();
  /** @type {Map<string, string | undefined>} */
  #relative = new Map();
  /** @type {Map<string, string[]>} */
  #lines = new Map();

  /** @param {string} folder */
  constructor(folder) {
    this.#folder = folder;
  }

  /**
   * Where a finding is, relative to the project with `/`; undefined when it lies outside.
   * @param {string} printed absolute, a `file:` URL, or relative to the folder the tool ran in
   */
  relative(printed) {
    let relative = this.#relative.get(printed);
    if (relative === undefined && !this.#relative.has(printed)) {
      const file = pathOf(printed);
      if (path.isAbsolute(file)) {
        const split = this.#split(file);
        relative = split?.tail;
        if (split) {
          this.#copies.add(split.copy);
        }
      } else if (!file.startsWith('..')) {
        relative = file.split(path.sep).join('/');
      }
      this.#relative.set(printed, relative);
    }
    return relative;
  }

  /**
   * The text with absolute paths into the project made relative: where a copy lay is no finding.
   * @param {string} text
   */
  withoutFolders(text) {
    const relative = text.replace(absolutePaths, (printed) => {
      const split = this.#split(pathOf(printed));
      // Without a folder before it, as in `/src`, it is more likely an address than a path.
      return split && split.copy !== '' ? split.tail : printed;
    });
    // What is not there any more, or never was, is found by the folder alone.
    return [...this.#copies]
      .filter((copy) => copy !== '')
      .reduce((rest, copy) => rest.replaceAll(`${copy}${path.sep}`, ''), relative);
  }

  /**
   * An absolute path as the copy it lies in and its place there.
   * @param {string} file
   */
  #split(file) {
    const names = file.split(path.sep);
    // The longest tail first: `src/src/a.ts` must not be taken for `src/a.ts`.
    for (let start = 1; start < names.length; start += 1) {
      const tail = names.slice(start);
      if (existsSync(path.join(this.#folder, ...tail))) {
        return { copy: names.slice(0, start).join(path.sep), tail: tail.join('/') };
      }
    }
    return undefined;
  }

  /**
   * @param {string | undefined} file
   * @param {number | undefined} line from 1
   */
  lineAt(file, line) {
    return file === undefined || line === undefined ? undefined : this.#linesOf(file)[line - 1];
  }

  /**
   * The text in a region; undefined when it has no end or the file is not there.
   * @param {string | undefined} file
   * @param {import('./findings.mjs').Region | undefined} region
   */
  textAt(file, region) {
    if (file === undefined || region?.endLine === undefined || region.endColumn === undefined) {
      return undefined;
    }
    const lines = this.#linesOf(file).slice(region.startLine - 1, region.endLine);
    if (lines.length !== region.endLine - region.startLine + 1) {
      return undefined;
    }
    lines.push((lines.pop() ?? '').slice(0, region.endColumn - 1));
    return lines.join('\n').slice((region.startColumn ?? 1) - 1);
  }

  /**
   * @param {string} name of an installed package
   * @returns {string | undefined} undefined when it is not in `node_modules`
   */
  versionOf(name) {
    try {
      const file = path.join(this.#folder, 'node_modules', name, 'package.json');
      return JSON.parse(readFileSync(file, 'utf8')).version;
    } catch {
      return undefined;
    }
  }

  /** @param {string} file */
  #linesOf(file) {
    let lines = this.#lines.get(file);
    if (lines === undefined) {
      try {
        lines = readFileSync(path.join(this.#folder, file), 'utf8').split(/\r?\n/);
      } catch {
        lines = [];
      }
      this.#lines.set(file, lines);
    }
    return lines;
  }
}

/** @param {string} printed */
function pathOf(printed) {
  if (printed.startsWith('file:')) {
    try {
      return fileURLToPath(printed);
    } catch {
      // No path has this address; it stays as it was printed.
    }
  }
  return path.normalize(printed);
}
