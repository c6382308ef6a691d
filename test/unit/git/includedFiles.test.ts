import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { findRepository } from '../../../src/core/git/findRepository.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import type { IncludedFiles } from '../../../src/core/git/includedFiles.ts';
import {
  listIncluded,
  patternsOfGlobs,
  readWorktreeInclude,
} from '../../../src/core/git/includedFiles.ts';
import { digestCheckout, gitEnvironment, TempRepository } from '../../support/tempRepository.ts';

describe('ignored files that copies have nevertheless', () => {
  let temp: TempRepository;
  let scratch: string;
  beforeEach(() => {
    temp = new TempRepository();
    scratch = path.join(temp.parent, 'scratch');
    fs.mkdirSync(scratch);
    temp.write('.gitignore', 'node_modules/\n.env*\nconfig/local/\n*.key\n.npmrc\n');
    temp.write('tracked.key', '');
    temp.git('add', '-f', 'tracked.key');
    temp.commit();
    for (const file of [
      '.env',
      '.env.local',
      '.npmrc',
      'a.key',
      'new.txt',
      'config/local/a.json',
      'config/local/.env',
      'config/local/deep/b.json',
      'packages/a/.env',
      'packages/a/ü.key',
      'packages/a/conf/c.key',
      'node_modules/dep/.env',
      'node_modules/dep/d.key',
    ]) {
      temp.write(file, '');
    }
  });
  afterEach(() => {
    assert.deepEqual(fs.readdirSync(scratch), []);
    temp.dispose();
  });

  const never = new AbortController().signal;
  const included = async (
    patterns: readonly string[],
    folder = temp.folder,
    signal = never,
  ): Promise<IncludedFiles> => {
    const found = await findRepository(nodeDisk, folder);
    assert.ok(found.kind === 'found');
    const parts = { places: found, program: gitProgram(gitEnvironment), scratch };
    const answer = await listIncluded(parts, patterns, ['node_modules'], signal);
    assert.ok(answer.ok, answer.ok ? '' : answer.error.message);
    return answer.value;
  };

  it('are those that Git ignores and that a pattern means, outside linked folders', async () => {
    const before = digestCheckout(temp.folder);
    assert.deepEqual(await included(['*.key', '*.txt', '/.env.local', '!c.key']), {
      files: ['.env.local', 'a.key', 'packages/a/ü.key'],
      unnamed: [],
    });
    assert.deepEqual((await included(['config/local/**/*.json'])).files, [
      'config/local/a.json',
      'config/local/deep/b.json',
    ]);
    assert.deepEqual((await included(['.env'])).files, [
      '.env',
      'config/local/.env',
      'packages/a/.env',
    ]);
    assert.deepEqual(await included([]), { files: [], unnamed: [] });
    assert.deepEqual(digestCheckout(temp.folder), before);
  });

  it('have secrets among them only where a pattern names those', async () => {
    const broad = await included(['config/', '*']);
    assert.deepEqual(broad.unnamed, [
      '.env',
      '.env.local',
      '.npmrc',
      'config/local/.env',
      'packages/a/.env',
    ]);
    assert.ok(broad.files.includes('config/local/a.json') && !broad.files.includes('new.txt'));
    const named = await included(['*', '.env*', '!.npmrc']);
    assert.ok(named.files.includes('.env.local') && !named.files.includes('.npmrc'));
  });

  it('are told relative to the subfolder opened, where its patterns begin', async () => {
    const folder = path.join(temp.folder, 'packages/a');
    assert.deepEqual((await included(['/.env', 'conf/*.key'], folder)).files, [
      '.env',
      'conf/c.key',
    ]);
    assert.deepEqual((await included(['*.key', '!/ü.key'], folder)).files, ['conf/c.key']);
  });

  it('may be meant by globs of a setting', async () => {
    const { patterns, faults } = patternsOfGlobs(['**/*.{key,{a,b}}', '.env', '../x', '!no']);
    assert.deepEqual(patterns, ['/**/*.key', '/**/*.a', '/**/*.b', '/.env', '/!no']);
    assert.equal(faults.length, 1);
    assert.deepEqual((await included(patterns)).files, [
      '.env',
      'a.key',
      'packages/a/conf/c.key',
      'packages/a/ü.key',
    ]);
    assert.deepEqual(patternsOfGlobs(['**/node_modules{,/**}']).patterns, [
      '/**/node_modules',
      '/**/node_modules/**',
    ]);
  });

  it('are named in a file, which has limits', async () => {
    assert.deepEqual(await readWorktreeInclude(temp.folder), { patterns: [], faults: [] });
    temp.write('.worktreeinclude', '\ufeff# these\r\n\r\n.env\r\n\\#x\n!y \n');
    assert.deepEqual(await readWorktreeInclude(temp.folder), {
      patterns: ['.env', '\\#x', '!y '],
      faults: [],
    });
    const fault = async (content: string | Uint8Array) => {
      temp.write('.worktreeinclude', content);
      const { patterns, faults } = await readWorktreeInclude(temp.folder);
      assert.deepEqual(patterns, []);
      return faults.join();
    };
    assert.match(await fault(`${'x'.repeat(64 * 1024)}\n`), /larger than 64 KB/);
    assert.match(await fault('x\n'.repeat(1001)), /more than 1000 lines/);
    assert.match(await fault(Buffer.from([0xff, 0xfe])), /UTF-8/);
    temp.write('.worktreeinclude', 'x\n'.repeat(1000));
    assert.equal((await readWorktreeInclude(temp.folder)).patterns.length, 1000);
    fs.rmSync(path.join(temp.folder, '.worktreeinclude'));
    fs.mkdirSync(path.join(temp.folder, '.worktreeinclude'));
    assert.match((await readWorktreeInclude(temp.folder)).faults.join(), /is no file/);
  });

  it('are not looked for any more when nobody wants them', async () => {
    const stop = new AbortController();
    const listing = included(['*'], temp.folder, stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(listing, /enough/);
  });
});
