import assert from 'node:assert/strict';
import { conflictLines } from '../../../src/cli/conflictLines.ts';
import { shellWord } from '../../../src/cli/shellWord.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import { stepId, taskIdOf, type RunId } from '../../../src/core/domain/ids.ts';

const RUN = 'code-3' as RunId;
const TASK = taskIdOf(stepId('tests'));
const version = (text: string, executable = false) => ({
  digest: digestOf(text),
  bytes: text.length,
  executable,
});

describe('A merge that stopped', () => {
  it('tells the three versions of each path, and how to take one of them', () => {
    const lines = conflictLines(RUN, TASK, [
      {
        path: 'src/a.ts',
        kind: 'content',
        was: version('12'),
        ours: version('123', true),
        theirs: version('x'.repeat(2048)),
        choice: undefined,
      },
      {
        path: 'it’s b.md',
        kind: 'removed',
        was: version('1'),
        ours: undefined,
        theirs: version('1234'),
        choice: undefined,
      },
      {
        path: 'c.md',
        kind: 'added',
        was: undefined,
        ours: version('1'),
        theirs: version('2'),
        choice: 'ours',
      },
    ]);
    assert.deepEqual(lines, [
      'The result of tests cannot be merged without you: 2 paths conflict, 1 chosen.',
      '  src/a.ts: both changed the same lines',
      '    was     2 B  before either',
      '    ours    3 B, executable  as it is merged so far',
      '    theirs  2.0 KB  what tests made of it',
      '  it’s b.md: one changed what the other removed',
      '    was     1 B  before either',
      '    ours    no file  as it is merged so far',
      '    theirs  4 B  what tests made of it',
      'See them with: sluice merge code-3 --versions <folder>',
      "Choose with: sluice merge code-3 --take ours src/a.ts 'it’s b.md'   or: --take theirs src/a.ts 'it’s b.md'   or: --take-file src/a.ts=<your file>",
    ]);
  });

  it('spells out the commands for three paths at most, and never a control character', () => {
    const paths = ['a', 'b', 'c', 'd\u001b[2J'];
    const lines = conflictLines(
      RUN,
      TASK,
      paths.map((path) => ({
        ...{ path, kind: 'binary' as const, choice: undefined },
        ...{ was: version('1'), ours: version('2'), theirs: version('3') },
      })),
    );
    assert.match(lines.at(-1) ?? '', /--take ours a b c … {3}or: --take theirs a b c … {3}or/);
    assert.ok(lines.includes('  d: both changed it, and it cannot be merged line by line'));
  });
});

describe('A word of a command', () => {
  it('stands as it is, or in quotes where a shell would read it otherwise', () => {
    assert.deepEqual(['src/a.ts', 'a b', "it's", '$(rm)', 'ü.md', ''].map(shellWord), [
      'src/a.ts',
      "'a b'",
      "'it'\\''s'",
      "'$(rm)'",
      'ü.md',
      "''",
    ]);
  });
});
