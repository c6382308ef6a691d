'use strict';
// mocha's spec output, and the counts in a file for scripts/test.mjs. CommonJS, since mocha `require`s reporters.
const fs = require('node:fs');
const path = require('node:path');
const { reporters } = require('mocha');

/** Writes `{passed, failed, skipped}` into the folder SLUICE_COUNTS names; without it only prints. */
module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const folder = process.env.SLUICE_COUNTS;
    if (folder) {
      runner.once('end', () => {
        const { passes, failures, pending } = this.stats;
        fs.writeFileSync(
          path.join(folder, `${process.pid}-${Date.now()}.json`),
          JSON.stringify({ passed: passes, failed: failures, skipped: pending }),
        );
      });
    }
  }
};
