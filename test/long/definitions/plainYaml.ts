import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../../../src/core/base/digest.ts';
import { readPlainYaml } from '../../../src/core/definitions/source/plainYaml.ts';
import type { SourceNode } from '../../../src/core/definitions/source/sourceNode.ts';
import { SourceText } from '../../../src/core/definitions/source/sourceText.ts';
import { parseAnyYaml } from '../../../src/core/definitions/source/yamlSource.ts';
import { realYaml } from './realTexts.ts';
import { changedText, pieces, writtenYaml } from './yamlWriter.ts';

// The plain reader beside the library: where it answers, it answers the same, and the library has
// nothing to report.

export interface PlainCounts {
  inputs: number;
  /** Of which the plain reader reads. */
  plain: number;
}

const DIGEST = digestOf('');

/** @returns whether the plain reader reads it */
export function comparePlain(text: string): boolean {
  const plain = readPlainYaml(text, text.length);
  if (plain === undefined) {
    return false;
  }
  const { document, diagnostics } = parseAnyYaml(new SourceText('f.yaml', text, DIGEST));
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(plain, document?.root);
  // Maps are equal in any order.
  assert.deepEqual(keysIn(plain), document && keysIn(document.root));
  return true;
}

function keysIn(node: SourceNode): readonly unknown[] {
  switch (node.kind) {
    case 'map':
      return [...node.fields].map(([key, field]) => [key, keysIn(field.node)]);
    case 'list':
      return node.items.map(keysIn);
    case 'scalar':
      return [];
  }
}

/** Texts by how they are made. */
export function yamlTexts(): ReadonlyMap<string, fc.Arbitrary<string>> {
  const real = realYaml();
  const seed = fc.nat({ max: 2 ** 31 - 1 });
  return new Map([
    ['written by a grammar', seed.map(writtenYaml)],
    ['the same, changed', seed.map((number) => changedText(writtenYaml(number), number + 1))],
    [
      'real files, changed',
      fc.tuple(fc.constantFrom(...real), seed).map(([text, number]) => changedText(text, number)),
    ],
    ['pieces of YAML', seed.map(pieces)],
  ]);
}

/** @param seed `undefined`: another one each time */
export function checkPlainYaml(
  texts: fc.Arbitrary<string>,
  inputs: number,
  seed: number | undefined,
  counts: PlainCounts,
) {
  return fc.check(
    fc.property(texts, (text) => {
      counts.inputs += 1;
      counts.plain += comparePlain(text) ? 1 : 0;
    }),
    { numRuns: inputs, ...(seed === undefined ? {} : { seed }) },
  );
}
