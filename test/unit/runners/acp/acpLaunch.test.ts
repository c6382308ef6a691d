import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AcpLaunch } from '../../../../src/core/domain/agent.ts';
import { chooseLaunch, platformName } from '../../../../src/core/runners/acp/acpLaunch.ts';
import { CodingRig } from './codingRig.ts';

function launch(changes: Partial<AcpLaunch>): AcpLaunch {
  return {
    kind: 'binary',
    command: ['./bin/agent', 'acp'],
    env: {},
    platform: undefined,
    archive: undefined,
    ...changes,
  };
}

/** Chooses where only the given programs are on the search path. */
async function choose(rig: CodingRig, launches: readonly AcpLaunch[], programs: readonly string[]) {
  const bin = path.join(rig.root, 'bin');
  mkdirSync(bin);
  for (const name of programs) {
    writeFileSync(path.join(bin, name), '');
    chmodSync(path.join(bin, name), 0o755);
  }
  const chosen = await chooseLaunch(
    { kind: 'acp', launches },
    { folder: rig.folder, env: {} },
    { PATH: bin },
    'linux-x86_64',
  );
  return chosen.ok ? chosen.value.command : chosen.error;
}

describe('how an agent that speaks ACP is started', () => {
  it('is the first of its ways that is there', async () => {
    using rig = new CodingRig();
    const launches = [
      launch({ kind: 'npx', command: ['npx', '--yes', 'some-agent@1'] }),
      launch({ kind: 'uvx', command: ['uvx', 'some-agent'] }),
      launch({}),
    ];
    assert.deepEqual(await choose(rig, launches, ['uvx', 'agent']), ['uvx', 'some-agent']);
  });

  it('is a binary that a person has put on the search path, never one of the copy', async () => {
    using rig = new CodingRig();
    mkdirSync(path.join(rig.folder, 'bin'));
    writeFileSync(path.join(rig.folder, 'bin', 'agent'), '');
    chmodSync(path.join(rig.folder, 'bin', 'agent'), 0o755);
    const launches = [
      launch({ platform: 'darwin-aarch64', archive: 'https://example.org/mac.zip' }),
      launch({ platform: 'linux-x86_64', archive: 'https://example.org/linux.zip' }),
    ];
    assert.deepEqual(await choose(rig, launches, []), {
      reason: 'command-not-found',
      command: 'agent',
      install: 'download https://example.org/linux.zip, unpack it, and put agent on PATH',
    });
  });

  it('says where it is not offered for this machine', async () => {
    using rig = new CodingRig();
    const failure = await choose(rig, [launch({ platform: 'darwin-aarch64' })], ['agent']);
    assert.ok('reason' in failure && failure.reason === 'command-not-found');
    assert.match(failure.install ?? '', /no way to start it on linux-x86_64/);
  });

  it('knows machines by the names that registries have for them', () => {
    assert.equal(platformName('linux', 'x64'), 'linux-x86_64');
    assert.equal(platformName('darwin', 'arm64'), 'darwin-aarch64');
    assert.equal(platformName('win32', 'x64'), 'windows-x86_64');
  });
});
