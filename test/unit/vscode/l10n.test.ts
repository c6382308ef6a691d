import assert from 'node:assert/strict';
import fs from 'node:fs';
import { BUNDLE, bundleOf, textsIn, textsOf } from '../../../scripts/l10n.mjs';
import { root } from '../../../scripts/paths.mjs';

describe('The texts for translators', () => {
  it('are those of the sources, each a literal whose places have values', () => {
    const { texts, problems } = textsIn(root);
    assert.deepEqual(problems, []);
    assert.equal(fs.readFileSync(BUNDLE, 'utf8'), bundleOf(texts), 'run: npm run l10n');
  });

  it('are found wherever they are translated, and nowhere else', () => {
    const { texts, problems } = textsOf(
      'x.ts',
      "vscode.l10n.t('a'); l10n.t('b {0}', 1); t('c'); other.t('d'); // t('e')",
    );
    assert.deepEqual(texts, ['a', 'b {0}', 'c']);
    assert.deepEqual(problems, []);
  });

  it('are refused where a translator could not see or fill them', () => {
    const problemsOf = (text: string) => textsOf('x.ts', `\n${text}`).problems;
    assert.deepEqual(problemsOf('t(name)'), [
      'x.ts:2 the text is no literal: translators cannot see it',
    ]);
    assert.equal(problemsOf('t(`a ${name}`)').length, 1);
    assert.deepEqual(problemsOf("t('{0} and {1}', 1)"), ['x.ts:2 {1} has no value']);
    assert.deepEqual(problemsOf("t('{0}', 1, 2)"), ['x.ts:2 value 1 has no place in the text']);
  });
});
