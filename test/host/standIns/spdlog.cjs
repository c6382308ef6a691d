'use strict';
// In place of @vscode/spdlog, a C++ addon: the log files of VS Code's processes, written with plain Node.
// Files do not rotate; a test host does not live long enough.
const fs = require('node:fs');
const path = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
let initialLevel = LEVELS.indexOf('info');

class Logger {
  #file;
  #descriptor;
  #level = initialLevel;
  /** Off for files whose lines VS Code formats itself. */
  #formatted = true;

  constructor(_type, _name, file) {
    this.#file = file;
  }

  #write(level, message) {
    if (level < this.#level) {
      return;
    }
    try {
      if (this.#descriptor === undefined) {
        fs.mkdirSync(path.dirname(this.#file), { recursive: true });
        this.#descriptor = fs.openSync(this.#file, 'a');
      }
      const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
      const line = this.#formatted ? `${time} [${LEVELS[level]}] ${message}\n` : message;
      fs.writeSync(this.#descriptor, line);
    } catch {
      // A full disk or a removed folder must not end the process that logs.
    }
  }

  trace(message) {
    this.#write(0, message);
  }
  debug(message) {
    this.#write(1, message);
  }
  info(message) {
    this.#write(2, message);
  }
  warn(message) {
    this.#write(3, message);
  }
  error(message) {
    this.#write(4, message);
  }
  critical(message) {
    this.#write(5, message);
  }
  getLevel() {
    return this.#level;
  }
  setLevel(level) {
    this.#level = level;
  }
  setPattern() {
    this.#formatted = true;
  }
  clearFormatters() {
    this.#formatted = false;
  }
  flush() {}
  drop() {
    if (this.#descriptor !== undefined) {
      fs.closeSync(this.#descriptor);
      this.#descriptor = undefined;
    }
  }
}

const open = (name, file) => Promise.resolve(new Logger('rotating_async', name, file));

// One assignment a name: VS Code `import`s this file, and Node finds a CommonJS file's names by reading it.
exports.version = 11100;
exports.Logger = Logger;
exports.setLevel = (level) => {
  initialLevel = level;
};
exports.setFlushOn = () => {};
exports.createRotatingLogger = open;
exports.createAsyncRotatingLogger = open;
