import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram, wrappedScript } from '../../../src/core/runners/program.ts';
import { CommandRig } from './commandRig.ts';

describe('finding a program', () => {
  function place(rig: CommandRig, name: string, mode: number): string {
    const file = path.join(rig.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '#!/bin/sh\n', { mode });
    return file;
  }
  const find = (rig: CommandRig, name: string, ...folders: string[]) =>
    findProgram(name, rig.folder, {
      PATH: folders.map((folder) => path.join(rig.folder, folder)).join(path.delimiter),
    });

  it('takes the first on PATH that may be executed', async () => {
    using rig = new CommandRig();
    place(rig, 'a/tool', 0o644);
    mkdirSync(path.join(rig.folder, 'b', 'tool'), { recursive: true });
    const file = place(rig, 'c/tool', 0o755);
    assert.deepEqual(await find(rig, 'tool', 'none', 'a', 'b', 'c'), {
      kind: 'found',
      file,
      leading: [],
    });
  });

  it('says so when the only one may not be executed', async () => {
    using rig = new CommandRig();
    const file = place(rig, 'a/tool', 0o644);
    assert.deepEqual(await find(rig, 'tool', 'a', 'b'), {
      kind: 'unusable',
      message: `${file} is not executable`,
    });
  });

  it('does not take a folder for a program', async () => {
    using rig = new CommandRig();
    mkdirSync(path.join(rig.folder, 'a', 'tool'), { recursive: true });
    assert.deepEqual(await find(rig, 'tool', 'a'), { kind: 'missing' });
    assert.deepEqual(await find(rig, './a/tool'), { kind: 'missing' });
  });

  it('passes over entries of PATH that are not absolute', async () => {
    using rig = new CommandRig();
    place(rig, 'tool', 0o755);
    const relative = path.relative(process.cwd(), rig.folder);
    const environment = { PATH: ['', '.', relative].join(path.delimiter) };
    assert.deepEqual(await findProgram('tool', rig.folder, environment), { kind: 'missing' });
  });
});

describe('an npm wrapper for Windows', () => {
  it('names the script it starts', () => {
    const wrapper = [
      '@ECHO off',
      'SET dp0=%~dp0',
      'IF EXIST "%dp0%\\node.exe" (',
      '  SET "_prog=%dp0%\\node.exe"',
      ') ELSE (',
      '  SET "_prog=node"',
      ')',
      'endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\\..\\eslint\\bin\\eslint.js" %*',
    ].join('\r\n');
    assert.equal(wrappedScript(wrapper), '..\\eslint\\bin\\eslint.js');
  });

  it('of the older kind does so too', () => {
    assert.equal(
      wrappedScript('@"%~dp0\\node.exe"  "%~dp0\\..\\mocha\\bin\\mocha.cjs" %*\r\n'),
      '..\\mocha\\bin\\mocha.cjs',
    );
  });

  it('is not seen in any other batch file', () => {
    assert.equal(wrappedScript('@echo off\r\ndir %1\r\n'), undefined);
  });
});
