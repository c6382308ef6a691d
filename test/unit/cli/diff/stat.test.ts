import assert from 'node:assert/strict';
import { changedFile } from '../../../../src/cli/diff/fileDiff.ts';
import { statLines } from '../../../../src/cli/diff/statLines.ts';
import { digestOf } from '../../../../src/core/base/digest.ts';

function fileOf(path: string, was: string | undefined, is: string | undefined) {
  const texts = [was, is].flatMap((text) => text ?? []);
  const version = (text: string | undefined) =>
    text === undefined
      ? undefined
      : { digest: digestOf(text), bytes: text.length, executable: false };
  return changedFile({ path, was: version(was), is: version(is) }, ({ digest }) =>
    Promise.resolve(Buffer.from(texts.find((text) => digestOf(text) === digest) ?? '')),
  );
}

describe('How much files changed', () => {
  it('is told by file and in all, as git does', async () => {
    const files = await Promise.all([
      fileOf('src/a.ts', 'a\nb\nc\n', 'a\nB\nc\nd\n'),
      fileOf('logo.png', undefined, '\0\0'),
      fileOf('old', 'x\n', undefined),
      fileOf('empty', undefined, ''),
    ]);
    assert.deepEqual(statLines(files, Infinity), [
      ' src/a.ts |   3 ++-',
      ' logo.png | Bin 0 B -> 2 B',
      ' old      |   1 -',
      ' empty    |   0',
      ' 4 files changed, 2 insertions(+), 2 deletions(-)',
    ]);
  });

  it('fits on the screen, and nothing that changed vanishes', async () => {
    const long = Array.from({ length: 1000 }, (_, at) => `${at}\n`).join('');
    const files = await Promise.all([fileOf('long', undefined, long), fileOf('b', 'x', 'y')]);
    const lines = statLines(files, 40);
    assert.ok(lines.every((line) => line.length <= 40 || line.startsWith(' 2 files')));
    assert.match(lines[1] ?? '', / {2}2 \+-$/);
  });
});
