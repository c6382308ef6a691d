import assert from 'node:assert/strict';
import path from 'node:path';
import { commandEnvironment } from '../../../src/core/runners/environment.ts';
import { CommandRig } from './commandRig.ts';

describe('the environment of a command', () => {
  const host = {
    PATH: '/usr/bin',
    HOME: '/home/ada',
    USER: 'ada',
    LANG: 'en_GB.UTF-8',
    LC_TIME: 'de_DE.UTF-8',
    TMPDIR: '/var/tmp',
    TERM: 'xterm-256color',
    SHELL: '/bin/zsh',
    ANTHROPIC_API_KEY: 'secret',
    NODE_OPTIONS: '--inspect',
    ELECTRON_RUN_AS_NODE: '1',
    VSCODE_IPC_HOOK: '/run/hook',
    SLUICE_RUN: 'outer-1',
    EMPTY: undefined,
  };

  it('is an allow-list of the host, and what Sluice says', () => {
    using rig = new CommandRig();
    assert.deepEqual(commandEnvironment(rig.request(['node']), host, 'rig-1:work.1:n'), {
      PATH: `${path.join(rig.folder, 'node_modules', '.bin')}${path.delimiter}/usr/bin`,
      HOME: '/home/ada',
      USER: 'ada',
      LANG: 'en_GB.UTF-8',
      LC_TIME: 'de_DE.UTF-8',
      TMPDIR: '/var/tmp',
      TERM: 'dumb',
      SLUICE_RUN: 'rig-1',
      SLUICE_TASK: 'work',
      SLUICE_ATTEMPT: 'rig-1:work.1:n',
      SLUICE_SCRATCH: rig.scratch,
      SLUICE_NEEDS: path.join(rig.scratch, 'needs'),
      GIT_CEILING_DIRECTORIES: rig.root,
    });
  });

  it('takes what is declared over the host, and Sluice over what is declared', () => {
    using rig = new CommandRig();
    const env = {
      HOME: '/other',
      TERM: 'xterm',
      API_KEY: 'declared',
      PATH: '/opt/bin',
      SLUICE_RUN: 'x',
    };
    const built = commandEnvironment(rig.request(['node'], { env }), host, 'm');
    assert.deepEqual(
      [built['HOME'], built['TERM'], built['API_KEY'], built['SLUICE_RUN']],
      ['/other', 'xterm', 'declared', 'rig-1'],
    );
    assert.match(built['PATH'] ?? '', /\.bin:\/opt\/bin$/);
  });

  it('reaches the process with nothing else in it', async () => {
    using rig = new CommandRig();
    const attempt = rig.run(['env'], { environment: { PATH: '/usr/bin:/bin', SECRET: 'x' } });
    await attempt.result;
    const names = attempt
      .output()
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    assert.deepEqual(names.sort(), [
      'GIT_CEILING_DIRECTORIES',
      'PATH',
      'SLUICE_ATTEMPT',
      'SLUICE_NEEDS',
      'SLUICE_RUN',
      'SLUICE_SCRATCH',
      'SLUICE_TASK',
      'TERM',
    ]);
  });
});
