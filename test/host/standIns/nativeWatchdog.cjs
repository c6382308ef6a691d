'use strict';
// In place of @vscode/native-watchdog, a C++ addon: ends this process once its parent is gone, so that no
// extension host outlives its server. A worker thread does it, because the main thread may be stuck.
const { Worker } = require('node:worker_threads');

const POLL_MS = 2000;
/** Polls without a parent before the end: time for an orderly one. */
const PATIENCE = 3;

const watch = `
  const { workerData } = require('node:worker_threads');
  let missed = 0;
  setInterval(() => {
    try {
      process.kill(workerData.parent, 0);
      missed = 0;
    } catch (error) {
      if (error.code === 'ESRCH' && ++missed >= ${PATIENCE}) {
        process.kill(workerData.self, 'SIGKILL');
      }
    }
  }, ${POLL_MS});
`;

let watching = false;

exports.start = (parent) => {
  if (watching) {
    throw new Error('Can only monitor a single process!');
  }
  watching = true;
  new Worker(watch, {
    eval: true,
    workerData: { parent, self: process.pid },
    env: {},
    execArgv: [],
  }).unref();
};

exports.exit = (code) => process.exit(code ?? 0);
