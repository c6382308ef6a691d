import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  AGENTS,
  OTHER,
  pieces,
  readEveryWay,
  shaped,
  workflow,
} from '../../long/definitions/anyFile.ts';
import {
  brokenBytes,
  frontMatter,
  known,
  repeatedLess,
} from '../../long/definitions/hostileTexts.ts';
import { realFiles } from '../../long/definitions/realTexts.ts';
import { readWorkflowText, sourceOf } from './marked.ts';

// The same at full size, and more kinds of files: npm run test:long -- definitions

describe('Any file at all', function () {
  this.timeout(60_000);

  it('is read without a throw when it is made of pieces of YAML', () => {
    fc.assert(
      fc.property(pieces, (text) => readEveryWay(Buffer.from(text))),
      { numRuns: 400 },
    );
  });

  it('is read without a throw when it is front matter made of pieces', () => {
    fc.assert(
      fc.property(pieces, (text) => readEveryWay(Buffer.from(`---\n${text}\n---\nHelp.`))),
      { numRuns: 400 },
    );
  });

  it('is read without a throw when its fields hold anything', () => {
    fc.assert(
      fc.property(shaped, (value) => readEveryWay(Buffer.from(JSON.stringify(value)))),
      { numRuns: 250 },
    );
  });

  it('is read without a throw when it is nearly a workflow', () => {
    let valid = 0;
    fc.assert(
      fc.property(workflow, (value) => {
        const text = JSON.stringify(value);
        readEveryWay(Buffer.from(text));
        valid += readWorkflowText(sourceOf('f.yaml', text), AGENTS, OTHER).kind === 'valid' ? 1 : 0;
      }),
      { numRuns: 400 },
    );
    assert.ok(valid > 0);
  });

  it('is read without a throw when it is made to hurt', () => {
    fc.assert(
      fc.property(fc.oneof(known, repeatedLess), (text) => readEveryWay(Buffer.from(text))),
      { numRuns: 150 },
    );
  });

  it('is read without a throw when its front matter is framed in any way', () => {
    fc.assert(
      fc.property(frontMatter(pieces), (text) => readEveryWay(Buffer.from(text))),
      { numRuns: 200 },
    );
  });

  it('is read without a throw when it is a real file with wrong bytes', () => {
    const real = brokenBytes(fc.constantFrom(...realFiles()));
    fc.assert(
      fc.property(real, (bytes) => readEveryWay(bytes)),
      { numRuns: 80 },
    );
  });

  it('is read without a throw when it is any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => readEveryWay(bytes)),
      { numRuns: 500 },
    );
  });
});
