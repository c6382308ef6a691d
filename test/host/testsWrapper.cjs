'use strict';
// Runs in the extension host in place of the test entry, which it then loads. VS Code drops what tests write to
// stdout there and mixes console output into its own log; here both go to a file that code.ts copies to the terminal.
const fs = require('node:fs');
const util = require('node:util');
const { pathToFileURL } = require('node:url');

exports.run = async () => {
  const outputFile = process.env.SLUICE_HOST_OUTPUT;
  const entry = process.env.SLUICE_HOST_ENTRY;
  const descriptor = fs.openSync(outputFile, 'a');
  let running = true;
  const put = (text) => {
    if (running) {
      fs.writeSync(descriptor, text);
    }
  };
  // VS Code reports a killed extension host as exit code 0. Only a run that came to its end leaves this mark.
  const mark = (outcome) => fs.writeFileSync(`${outputFile}.end`, outcome);

  const write = (chunk, encoding, done) => {
    put(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    (typeof encoding === 'function' ? encoding : done)?.();
    return true;
  };
  process.stdout.write = write;
  process.stderr.write = write;
  for (const method of ['log', 'info', 'debug', 'warn', 'error']) {
    // VS Code made these accessors whose setter does nothing, so an assignment would have no effect.
    Object.defineProperty(console, method, {
      value: (...args) => put(`${util.format(...args)}\n`),
      configurable: true,
      writable: true,
    });
  }

  try {
    const { run } = await import(pathToFileURL(entry).href);
    await run();
    mark('passed');
  } catch (error) {
    put(`${error?.stack ?? error}\n`);
    mark('failed');
    throw error;
  } finally {
    // VS Code logs the rejection too.
    running = false;
  }
};
