import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {
  changedFile,
  LARGEST_SHOWN,
  lineCounts,
  unifiedDiff,
} from '../../../../src/cli/diff/fileDiff.ts';
import { lineChanges, type LineChange } from '../../../../src/cli/diff/lineChanges.ts';
import { digestOf } from '../../../../src/core/base/digest.ts';
import type { FileVersion } from '../../../../src/core/domain/event.ts';
import { gitEnvironment } from '../../../support/tempRepository.ts';

interface File {
  readonly bytes: Buffer;
  readonly executable: boolean;
}

const file = (text: string, executable = false): File => ({ bytes: Buffer.from(text), executable });

async function diffOf(
  name: string,
  was: File | undefined,
  is: File | undefined,
): Promise<readonly string[]> {
  return unifiedDiff(await changed(name, was, is));
}

async function changed(name: string, was: File | undefined, is: File | undefined) {
  const kept = new Map<string, Buffer>();
  const version = (one: File | undefined): FileVersion | undefined => {
    if (one === undefined) {
      return undefined;
    }
    const digest = digestOf(one.bytes);
    kept.set(digest, one.bytes);
    return { digest, bytes: one.bytes.length, executable: one.executable };
  };
  const change = { path: name, was: version(was), is: version(is) };
  return changedFile(change, ({ digest }) => Promise.resolve(kept.get(digest) ?? assert.fail()));
}

/** Texts that repeat themselves and share much, as versions of a file do. */
const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', ' ', 'x\r', 'déjà', '\\', '+', '-- d'), {
  maxLength: 25,
});
const text = fc
  .tuple(lines, fc.boolean())
  .map(([all, ends]) => (all.length === 0 ? '' : `${all.join('\n')}${ends ? '\n' : ''}`));

describe('What differs between two texts', () => {
  it('makes one of the other, with lines that are the same between any two changes', () => {
    fc.assert(
      fc.property(lines, lines, (was, is) => {
        const made: string[] = [];
        let at = 0;
        let before: LineChange | undefined;
        for (const change of lineChanges(was, is)) {
          assert.ok(before === undefined || change.was.from > before.was.to);
          assert.ok(before === undefined || change.is.from > before.is.to);
          before = change;
          made.push(...was.slice(at, change.was.from), ...is.slice(change.is.from, change.is.to));
          at = change.was.to;
        }
        assert.deepEqual([...made, ...was.slice(at)], is);
      }),
      { numRuns: 500 },
    );
  });

  it('is as small as what was done, in a long file with repeated lines', () => {
    const was = Array.from({ length: 5000 }, (_, at) => (at % 3 === 0 ? '}' : `line ${at}`));
    const is = was.toSpliced(4000, 1).toSpliced(2000, 1, 'other').toSpliced(10, 0, 'new');
    const sizes = lineChanges(was, is).map((change) => [
      change.was.to - change.was.from,
      change.is.to - change.is.from,
    ]);
    assert.deepEqual(sizes, [
      [0, 1],
      [1, 1],
      [1, 0],
    ]);
  });

  it('is found within seconds also where nothing but repeated lines is compared', () => {
    const was = Array.from({ length: 40_000 }, (_, at) => (at % 2 === 0 ? 'a' : 'b'));
    const is = Array.from({ length: 40_000 }, (_, at) => (at % 3 === 0 ? 'b' : 'a'));
    const before = performance.now();
    assert.equal(lineChanges(was, is).length > 0, true);
    assert.ok(performance.now() - before < 5000);
  });
});

describe('A diff of a file', () => {
  it('has the heads and marks of git', async () => {
    const was = file('one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n');
    assert.deepEqual(
      await diffOf('src/a.ts', was, file('one\ntwo\n3\nfour\nfive\nsix\nseven\n8')),
      [
        'diff --git a/src/a.ts b/src/a.ts',
        '--- a/src/a.ts',
        '+++ b/src/a.ts',
        '@@ -1,8 +1,8 @@',
        ' one',
        ' two',
        '-three',
        '+3',
        ' four',
        ' five',
        ' six',
        ' seven',
        '-eight',
        '+8',
        '\\ No newline at end of file',
      ],
    );
  });

  it('says that a file is new, removed, or may be executed', async () => {
    assert.deepEqual(await diffOf('new.sh', undefined, file('x\n', true)), [
      'diff --git a/new.sh b/new.sh',
      'new file mode 100755',
      '--- /dev/null',
      '+++ b/new.sh',
      '@@ -0,0 +1 @@',
      '+x',
    ]);
    assert.deepEqual(await diffOf('old', file('x\ny\n'), undefined), [
      'diff --git a/old b/old',
      'deleted file mode 100644',
      '--- a/old',
      '+++ /dev/null',
      '@@ -1,2 +0,0 @@',
      '-x',
      '-y',
    ]);
    assert.deepEqual(await diffOf('run.sh', file('x'), file('x', true)), [
      'diff --git a/run.sh b/run.sh',
      'old mode 100644',
      'new mode 100755',
    ]);
    assert.deepEqual(await diffOf('empty', undefined, file('')), [
      'diff --git a/empty b/empty',
      'new file mode 100644',
    ]);
  });

  it('says only that files differ that nobody can read as text, or that are very long', async () => {
    assert.deepEqual(await diffOf('a.png', undefined, file('\0')), [
      'diff --git a/a.png b/a.png',
      'new file mode 100644',
      'Binary files /dev/null and b/a.png differ',
    ]);
    const long: File = { bytes: Buffer.alloc(LARGEST_SHOWN + 1, 'x'), executable: false };
    const shown = await changed('a.txt', long, file('x'));
    assert.equal(lineCounts(shown), undefined);
    assert.deepEqual(unifiedDiff(shown), [
      'diff --git a/a.txt b/a.txt',
      'Binary files a/a.txt and b/a.txt differ',
    ]);
  });

  it('puts names in quotes that hold more than plain characters, and the folder before them', async () => {
    const shown = await changed('a "b"\t\\é', file('x\n'), file('y\n'));
    assert.deepEqual(unifiedDiff(shown, 'packages/').slice(0, 3), [
      'diff --git "a/packages/a \\"b\\"\\t\\\\\\303\\251" "b/packages/a \\"b\\"\\t\\\\\\303\\251"',
      '--- "a/packages/a \\"b\\"\\t\\\\\\303\\251"\t',
      '+++ "b/packages/a \\"b\\"\\t\\\\\\303\\251"\t',
    ]);
  });

  it('counts the lines that came and went', async () => {
    assert.deepEqual(lineCounts(await changed('a', file('x\ny\nz\n'), file('x\n1\n2\n3\nz\n'))), {
      added: 3,
      removed: 1,
    });
  });

  it('makes the new files of the old ones when git applies it', async function () {
    this.timeout(60_000);
    const names = ['plain.txt', 'with space/a b.txt', 'ünï/"q".txt', 'deep/er/x'];
    const side = fc.option(
      fc.record({ text, executable: fc.boolean() }).map((one) => file(one.text, one.executable)),
      { nil: undefined },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(side, side), { minLength: 4, maxLength: 4 }),
        async (all) => {
          const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-diff-'));
          try {
            const patch: string[] = [];
            for (const [at, [was, is]] of all.entries()) {
              const name = names[at] ?? '';
              put(folder, name, was);
              const same = was?.bytes.equals(is?.bytes ?? Buffer.alloc(0)) ?? false;
              if ((was ?? is) !== undefined && !(same && was?.executable === is?.executable)) {
                patch.push(...(await diffOf(name, was, is)));
              }
            }
            if (patch.length > 0) {
              const { status, stderr } = spawnSync('git', ['apply', '-'], {
                cwd: folder,
                env: { ...gitEnvironment, GIT_CEILING_DIRECTORIES: os.tmpdir() },
                input: Buffer.from(`${patch.join('\n')}\n`, 'latin1'),
              });
              assert.equal(status, 0, `${stderr.toString()}\n${patch.join('\n')}`);
            }
            for (const [at, [, is]] of all.entries()) {
              assert.deepEqual(read(folder, names[at] ?? ''), is);
            }
          } finally {
            fs.rmSync(folder, { recursive: true });
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

function put(folder: string, name: string, one: File | undefined): void {
  if (one !== undefined) {
    const absolute = path.join(folder, name);
    fs.mkdirSync(path.dirname(absolute), { recursive: true });
    fs.writeFileSync(absolute, one.bytes, { mode: one.executable ? 0o755 : 0o644 });
  }
}

function read(folder: string, name: string): File | undefined {
  const absolute = path.join(folder, name);
  return fs.existsSync(absolute)
    ? {
        bytes: fs.readFileSync(absolute),
        executable: (fs.statSync(absolute).mode & 0o100) !== 0,
      }
    : undefined;
}
