import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import { LARGEST_MERGED, mergeFile } from '../../../src/core/artifacts/merge/mergeFile.ts';
import { mergeLines } from '../../../src/core/artifacts/merge/mergeLines.ts';
import type { FileVersion } from '../../../src/core/domain/event.ts';
import { gitEnvironment } from '../../support/tempRepository.ts';
import { sampleOf } from '../../support/sample.ts';
import { Versions } from './versions.ts';

describe('merging a file', () => {
  let versions: Versions;
  beforeEach(() => {
    versions = new Versions();
  });

  const merge = async (
    was: FileVersion | undefined,
    ours: FileVersion | undefined,
    theirs: FileVersion | undefined,
  ): Promise<string | undefined> => {
    const merged = await mergeFile(was, ours, theirs, versions.read);
    if (merged.kind === 'conflict') {
      return `conflict: ${merged.conflict}`;
    }
    if (merged.version === undefined) {
      return undefined;
    }
    const bytes = merged.bytes ?? (await versions.read(merged.version));
    assert.deepEqual(merged.version, versions.of(bytes, merged.version.executable));
    return `${Buffer.from(bytes).toString()}${merged.version.executable ? ' (executable)' : ''}`;
  };
  const texts = (was: string, ours: string, theirs: string) =>
    merge(versions.of(was), versions.of(ours), versions.of(theirs));

  it('takes what only one side changed, and what both made the same, and reads nothing for it', async () => {
    const [old, made] = [versions.of('old'), versions.of('made')];
    const read = () => Promise.reject(new Error('read'));
    for (const [was, ours, theirs, is] of [
      [old, made, old, made],
      [old, old, made, made],
      [old, made, made, made],
      [undefined, made, undefined, made],
      [undefined, undefined, made, made],
      [old, undefined, old, undefined],
      [old, old, undefined, undefined],
      [old, undefined, undefined, undefined],
    ] as const) {
      const merged = await mergeFile(was, ours, theirs, read);
      assert.deepEqual(merged, { kind: 'clean', version: is, bytes: undefined });
    }
  });

  it('puts changes of different lines together', async () => {
    assert.equal(await texts('a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n'), 'A\nb\nC\n');
    assert.equal(await texts('a\nb\n', 'a\nb\nc\n', 'z\na\nb\n'), 'z\na\nb\nc\n');
    assert.equal(await texts('a\nb\nc\nd\n', 'a\nc\nd\n', 'a\nb\nc\nD\n'), 'a\nc\nD\n');
  });

  it('tells changes of the same lines, and of neighbouring ones', async () => {
    assert.equal(await texts('a\nb\nc\n', 'a\nB\nc\n', 'a\nX\nc\n'), 'conflict: content');
    assert.equal(await texts('a\nb\nc\n', 'A\nb\nc\n', 'a\nB\nc\n'), 'conflict: content');
    assert.equal(await texts('a\n', 'a\nb\n', 'a\nc\n'), 'conflict: content');
  });

  it('does not guess which of several lines that are alike was meant', async () => {
    assert.equal(await texts('}\n}\n}\n}\n', '}\nx\n}\n}\n}\n', '}\n}\n}\n'), 'conflict: content');
  });

  it('keeps line ends, a missing one at the end, and bytes that are no UTF-8', async () => {
    assert.equal(await texts('a\r\nb\r\nc', 'A\r\nb\r\nc', 'a\r\nb\r\nc\r\n'), 'A\r\nb\r\nc\r\n');
    assert.equal(await texts('a\nb\r\nc', 'A\nb\r\nc', 'a\nb\r\nC'), 'A\nb\r\nC');
    const latin = (text: string) => versions.of(Buffer.from(text, 'latin1'));
    const merged = await mergeFile(
      latin('ä\nb\nü\n'),
      latin('ö\nb\nü\n'),
      latin('ä\nb\nß\n'),
      versions.read,
    );
    assert.ok(merged.kind === 'clean' && merged.bytes !== undefined);
    assert.equal(Buffer.from(merged.bytes).toString('latin1'), 'ö\nb\nß\n');
  });

  it('merges the executable bit by itself', async () => {
    const [was, ours, theirs] = ['a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n'];
    assert.equal(
      await merge(versions.of(was), versions.of(ours), versions.of(theirs, true)),
      'A\nb\nC\n (executable)',
    );
    assert.equal(
      await merge(versions.of(was, true), versions.of(ours), versions.of(was)),
      'A\nb\nc\n',
    );
    assert.equal(
      await merge(versions.of(was), versions.of(was, true), versions.of(ours)),
      'A\nb\nc\n (executable)',
    );
    assert.equal(
      await merge(versions.of(was), versions.of(ours, true), versions.of(ours)),
      'A\nb\nc\n (executable)',
    );
    assert.equal(
      await merge(undefined, versions.of(was), versions.of(was, true)),
      'conflict: mode',
    );
  });

  it('tells what was removed here and changed there, and what both made', async () => {
    const [old, one, other] = [versions.of('old'), versions.of('one'), versions.of('other')];
    assert.equal(await merge(old, undefined, one), 'conflict: removed');
    assert.equal(await merge(old, one, undefined), 'conflict: removed');
    assert.equal(await merge(old, undefined, { ...old, executable: true }), 'conflict: removed');
    assert.equal(await merge(undefined, one, other), 'conflict: added');
  });

  it('does not merge what has a NUL in it, or is over 5 MB, where both changed it', async () => {
    assert.equal(await texts('a\0\nb\nc\n', 'A\0\nb\nc\n', 'a\0\nb\nC\n'), 'conflict: binary');
    assert.equal(await texts('a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\0\n'), 'conflict: binary');
    const late = `${'x'.repeat(8192)}\0\n`;
    assert.equal(
      await texts(`a\nb\n${late}`, `A\nb\n${late}`, `a\nb\n${late}c\n`),
      `A\nb\n${late}c\n`,
    );
    const large = `${'x'.repeat(LARGEST_MERGED)}\n`;
    const sides = [
      versions.of('a\nb\n'),
      versions.of(`a\nb\n${large}`),
      versions.of('A\nb\n'),
    ] as const;
    versions.reads.length = 0;
    assert.equal(await merge(...sides), 'conflict: binary');
    assert.deepEqual(versions.reads, []);
  });

  it('is done in a moment with a file of 5 MB, and gives up on one that only repeats itself', async function () {
    this.timeout(60_000);
    const lines = Array.from({ length: 150_000 }, (_, at) => `line ${at} of a long file, as is\n`);
    const edit = (at: number) => lines.with(at, 'another\n').join('');
    const began = performance.now();
    const merged = await texts(lines.join(''), edit(10), edit(149_990));
    const took = performance.now() - began;
    assert.ok(merged === lines.with(10, 'another\n').with(149_990, 'another\n').join(''));
    const same = Array.from({ length: 500_000 }, () => '\n');
    const beganAgain = performance.now();
    const outcome = await texts(
      same.join(''),
      ['y\n', ...same.slice(5)].join(''),
      [...same.slice(5), 'z\n'].join(''),
    );
    const tookAgain = performance.now() - beganAgain;
    assert.equal(outcome, 'conflict: binary');
    process.stdout.write(
      `      ${lines.join('').length} bytes in ${Math.round(took)} ms, given up after ${Math.round(tookAgain)} ms\n`,
    );
    assert.ok(took < 20_000 && tookAgain < 20_000);
  });
});

describe('merging lines, beside `git merge-file`', function () {
  this.timeout(sampleOf(120_000));

  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-merge-'));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const gitMerge = (was: string, ours: string, theirs: string): string | undefined => {
    for (const [name, text] of Object.entries({ was, ours, theirs })) {
      fs.writeFileSync(path.join(folder, name), text);
    }
    const merged = spawnSync('git', ['merge-file', '-p', 'ours', 'was', 'theirs'], {
      cwd: folder,
      env: gitEnvironment,
      encoding: 'utf8',
    });
    assert.ok(merged.status !== null && merged.status < 128, merged.stderr);
    return merged.status === 0 ? merged.stdout : undefined;
  };
  const split = (text: string) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

  /** Anywhere in a text, as a part of its length. */
  const place = fc.noBias(fc.nat(9999)).map((part) => part / 10_000);

  interface Edit {
    readonly at: number;
    readonly kind: 'insert' | 'remove' | 'replace' | 'move';
    readonly line: string;
  }
  const edited = (lines: readonly string[], edits: readonly Edit[], dropEnd: boolean): string => {
    const result = [...lines];
    for (const { at, kind, line } of edits) {
      const place = Math.floor(at * (result.length + 1));
      const taken = result.splice(place, kind === 'insert' ? 0 : kind === 'move' ? 3 : 1);
      if (kind === 'move') {
        result.unshift(...taken);
      } else if (kind !== 'remove') {
        result.splice(place, 0, line);
      }
    }
    const text = result.join('');
    return dropEnd ? text.replace(/\n$/, '') : text;
  };
  const sides = (letters: number, longest: number) => {
    const line = fc.nat(letters - 1).map((letter) => `line ${letter}\n`);
    const edits = fc.array(
      fc.record({
        at: place,
        kind: fc.constantFrom('insert', 'insert', 'replace', 'replace', 'remove', 'remove', 'move'),
        line,
      }),
      { minLength: 1, maxLength: 3 },
    );
    const end = fc.integer({ min: 0, max: 7 }).map((n) => n === 0);
    return fc
      .tuple(fc.array(line, { maxLength: longest }), edits, edits, end, end)
      .map(([was, one, other, dropOne, dropOther]) => ({
        was: was.join(''),
        ours: edited(was, one, dropOne),
        theirs: edited(was, other, dropOther),
      }));
  };
  const counts = { alike: 0, stricter: 0, otherwise: 0, conflicts: 0 };
  const compare = (was: string, ours: string, theirs: string): void => {
    const theirWord = gitMerge(was, ours, theirs);
    const merged = mergeLines(split(was), split(ours), split(theirs));
    if (merged.kind !== 'merged') {
      counts[theirWord === undefined ? 'conflicts' : 'stricter'] += 1;
      return;
    }
    assert.ok(theirWord !== undefined, 'what is a conflict to Git is one to us');
    counts[merged.lines.join('') === theirWord ? 'alike' : 'otherwise'] += 1;
  };
  const told = () => {
    const { alike, stricter, otherwise, conflicts } = counts;
    const text = `${alike} clean alike, ${otherwise} clean otherwise, ${conflicts} conflicts to both, ${stricter} to us alone`;
    Object.assign(counts, { alike: 0, stricter: 0, otherwise: 0, conflicts: 0 });
    return text;
  };

  for (const [letters, longest] of [
    [3, 12],
    [8, 14],
    [40, 30],
  ] as const) {
    it(`calls nothing clean that is a conflict there: texts of ${letters} different lines`, () => {
      fc.assert(
        fc.property(sides(letters, longest), ({ was, ours, theirs }) => compare(was, ours, theirs)),
        { numRuns: sampleOf(80), seed: 7 + letters },
      );
      process.stdout.write(`      ${told()}\n`);
    });
  }

  it('is rarely stricter with texts as people write them', () => {
    const files = fs
      .readdirSync('src/core/engine')
      .map((name) => split(fs.readFileSync(path.join('src/core/engine', name), 'utf8')));
    const edits = fc.array(
      fc.record({
        at: place,
        kind: fc.constantFrom('insert', 'replace', 'remove'),
        line: fc.constantFrom('}\n', '\n', '    return;\n', '  const one = 1;\n', '  // why\n'),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...files), edits, edits, (lines, one, other) =>
        compare(lines.join(''), edited(lines, one, false), edited(lines, other, false)),
      ),
      { numRuns: sampleOf(80), seed: 11 },
    );
    const { alike, stricter, otherwise } = counts;
    process.stdout.write(`      ${told()}\n`);
    assert.equal(otherwise, 0);
    assert.ok(stricter < alike / 5, `${stricter} of ${alike + stricter}`);
  });
});
