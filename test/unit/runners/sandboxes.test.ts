import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/core/base/clock.ts';
import { isAlive } from '../../../src/core/base/processes.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';
import { CheckRunner } from '../../../src/core/runners/check.ts';
import { Sandboxes } from '../../../src/core/runners/sandbox/sandboxes.ts';
import { profileOf, useOf } from '../../../src/core/runners/sandbox/seatbelt.ts';
import { seccompFilter } from '../../../src/core/runners/sandbox/seccomp.ts';
import { isTooMuch, neededBy } from '../../../src/core/runners/sandbox/view.ts';
import { RUN, TASK } from './commandRig.ts';
import { MB, needsSandbox, SandboxRig, TIGHT } from './sandboxRig.ts';

/** A machine without anything that shuts commands in. */
const bare = () =>
  new Sandboxes({ clock: systemClock, environment: { PATH: '/nowhere' }, system: 'linux' });

const NO_SANDBOX: Failure = {
  reason: 'no-sandbox',
  why: 'Windows has no sandbox for commands',
  cure: 'Open the folder in WSL, or name a Docker image under sandbox.',
};

describe('a command with a sandbox', function () {
  this.timeout(20_000);

  describe('where there is one', () => {
    before(async function () {
      await needsSandbox(this);
    });

    it('works in its copy as outside, and its log begins with what holds it', async () => {
      using rig = new SandboxRig();
      writeFileSync(path.join(rig.folder, 'in'), 'from the copy');
      const { result, output, log } = await rig.script(
        'cat in; pwd; echo $SLUICE_TASK >&2; exit 3',
        {
          spec: { successCodes: [3] },
        },
      );
      assert.deepEqual(result, { ok: true, value: { kind: 'done', exitCode: 3 } });
      assert.equal(output, `from the copy${rig.folder}\n`);
      assert.match(
        log,
        /^sandbox: bubblewrap, no network, 1 CPU, 64 MB memory, 20 MB disk, 20 s\n[^]*work\n/,
      );
    });

    it('reads what it needs from its standard input', async () => {
      using rig = new SandboxRig();
      const { output } = await rig.shutIn(['cat'], { prompt: 'the prompt' });
      assert.equal(output, 'the prompt');
    });

    it('reads the linked dependency folders, and none that only look like it', async () => {
      using rig = new SandboxRig();
      const source = path.join(rig.root, 'source');
      mkdirSync(path.join(source, 'node_modules', 'tool'), { recursive: true });
      mkdirSync(path.join(source, 'private'));
      writeFileSync(path.join(source, 'node_modules', 'tool', 'index.js'), 'a tool');
      writeFileSync(path.join(source, 'private', 'key'), 'secret');
      symlinkSync(path.join(source, 'node_modules'), path.join(rig.folder, 'node_modules'));
      symlinkSync(path.join(source, 'private'), path.join(rig.folder, 'private'));
      const { output } = await rig.script(
        'cat node_modules/tool/index.js; cat private/key; touch node_modules/new || echo " unchanged"',
        { dependencies: { source, isLinked: (at) => at.endsWith('node_modules') } },
      );
      assert.equal(output, 'a tool unchanged\n');
    });

    it('is held to the shorter of its limits', async () => {
      using rig = new SandboxRig();
      const { result, log } = await rig.script('sleep 60', { limits: { timeoutMs: 500 } });
      assert.deepEqual(result, {
        ok: false,
        error: { reason: 'timed-out', limit: 'wall', afterMs: 500 },
      });
      assert.match(log, /, 0\.5 s\n/);
      rig.leavesNothing();
    });

    it('is ended with all it started when it is cancelled', async () => {
      using rig = new SandboxRig();
      const stop = new AbortController();
      const { result } = await rig.script('setsid sleep 60 & echo ready; wait', {
        signal: stop.signal,
        onPrinted: (log) => log.includes('ready') && stop.abort(),
      });
      assert.deepEqual(result, { ok: false, error: { reason: 'cancelled' } });
      rig.leavesNothing();
    });

    it('that is not there says so, as outside', async () => {
      using rig = new SandboxRig();
      const { result } = await rig.shutIn(['no-such-program'], { spec: { install: 'get it' } });
      assert.deepEqual(result, {
        ok: false,
        error: { reason: 'command-not-found', command: 'no-such-program', install: 'get it' },
      });
    });

    it('dies with the program that drives it', async () => {
      using rig = new SandboxRig();
      const driver = path.join(rig.root, 'driver.mjs');
      const runners = path.resolve(import.meta.dirname, '../../../src/core');
      const place = { folder: rig.folder, scratch: rig.scratch };
      writeFileSync(
        driver,
        `import { spawn } from 'node:child_process';
        import { Sandboxes } from '${runners}/runners/sandbox/sandboxes.ts';
        import { systemClock } from '${runners}/base/clock.ts';
        const sandboxes = new Sandboxes({ clock: systemClock, environment: process.env });
        const place = ${JSON.stringify(place)};
        const answer = await sandboxes.answer({ rule: ${JSON.stringify(TIGHT)}, place, command: ['sh'], attempt: 'a', isAllowedOutside: false });
        const made = await answer.value.enclosure.shutIn(
          ['sh', '-c', 'setsid sleep 68 & nohup sleep 68 & echo up; sleep 68'],
          { PATH: process.env.PATH }, 'marker');
        const { argv: [file, ...args], environment, handed } = made.value;
        const child = spawn(file, args, { env: environment, detached: true, stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
        child.stdio[3].end(handed);
        child.stdout.on('data', () => console.log('up', child.pid));
        `,
      );
      const program = spawn(process.execPath, ['--import', 'tsx', driver], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(program.stdout, 'data')) as [Buffer];
      const pid = Number(/^up (\d+)/.exec(line.toString())?.[1]);
      const inside = family(pid);
      assert.ok(inside.length >= 5, inside.join(' '));
      program.kill('SIGKILL');
      await once(program, 'exit');
      const until = performance.now() + 3000;
      while (inside.some((one) => isAlive(one, '')) && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.deepEqual(
        inside.filter((one) => isAlive(one, '')),
        [],
      );
    });

    it('has checks that run in it, too', async () => {
      using rig = new SandboxRig();
      const checks = new CheckRunner({
        clock: systemClock,
        environment: process.env,
        nonce: () => 'x',
      });
      const logFile = path.join(rig.root, 'log');
      const request = { run: RUN, task: TASK, attempt: 1, env: {}, logFile, timeoutMs: 10_000 };
      const place = { folder: rig.folder, scratch: rig.scratch, sandbox: TIGHT };
      const { code, tail } = await checks.run(
        { ...request, ...place, command: ['sh', '-c', 'echo $HOME; exit 4'] },
        new AbortController().signal,
      );
      assert.deepEqual({ code, tail }, { code: 4, tail: '/tmp/home' });
      assert.match(
        readFileSync(logFile, 'utf8'),
        /^\$ sh .*\nsandbox: bubblewrap, no network, .*, 10 s\n/,
      );
    });
  });

  describe('where there is none', () => {
    const windows = () =>
      new Sandboxes({ clock: systemClock, environment: process.env, system: 'win32' });

    it('does not run when nobody can be asked', async () => {
      using rig = new SandboxRig();
      const { result, output } = await rig.script('echo ran', { sandboxes: windows() });
      assert.deepEqual(result, { ok: false, error: NO_SANDBOX });
      assert.equal(output, '');
    });

    it('asks, saying what would run and why, and runs outside when it is allowed', async () => {
      using rig = new SandboxRig();
      const { result, asked, log, output } = await rig.script('echo ran', {
        sandboxes: windows(),
        answer: () => Promise.resolve({ kind: 'allow', always: false }),
      });
      assert.ok(result.ok);
      assert.equal(output, 'ran\n');
      assert.match(
        log,
        /^sandbox: none, it runs outside as a person allowed: Windows has no sandbox/,
      );
      assert.deepEqual(
        asked.map((question) => question.kind === 'permission' && question.summary),
        ['run `sh -c echo ran` outside a sandbox: Windows has no sandbox for commands'],
      );
    });

    it('does not run when it is denied, or when the task is cancelled meanwhile', async () => {
      using rig = new SandboxRig();
      const denied = await rig.script('echo ran', {
        sandboxes: windows(),
        answer: () => Promise.resolve({ kind: 'deny', note: undefined }),
      });
      assert.deepEqual(denied.result, { ok: false, error: NO_SANDBOX });
      const stop = new AbortController();
      const cancelled = await rig.script('echo ran', {
        sandboxes: windows(),
        signal: stop.signal,
        answer: () => {
          stop.abort();
          return Promise.reject(stop.signal.reason as Error);
        },
      });
      assert.deepEqual(cancelled.result, { ok: false, error: { reason: 'cancelled' } });
      assert.equal(denied.output + cancelled.output, '');
    });

    it('runs outside without a question when that is allowed for good, or the rule is off', async () => {
      using rig = new SandboxRig();
      const wishes = () => ({
        model: undefined,
        permissions: undefined,
        allowed: new Set(['sandbox']),
        spentBudget: undefined,
      });
      const allowed = await rig.script('echo ran', { sandboxes: windows(), wishes });
      assert.equal(allowed.output, 'ran\n');
      const off = await rig.script('echo ran', {
        sandboxes: windows(),
        sandbox: { ...TIGHT, use: false },
      });
      assert.equal(off.log, 'ran\n');
    });

    it('has checks that fail and say why, but for those of an attempt that was let outside', async () => {
      using rig = new SandboxRig();
      const sandboxes = windows();
      const options = { clock: systemClock, environment: process.env, sandboxes, nonce: () => 'x' };
      const request = {
        ...{ run: RUN, task: TASK, attempt: 1, env: {}, timeoutMs: 10_000, sandbox: TIGHT },
        ...{ folder: rig.folder, scratch: rig.scratch, logFile: path.join(rig.root, 'log') },
        command: ['echo', 'checked'] as const,
      };
      const check = () => new CheckRunner(options).run(request, new AbortController().signal);
      const failed = await check();
      assert.equal(failed.code, undefined);
      assert.match(failed.tail, /^It was to run in a sandbox, and Windows has no sandbox.*WSL/);
      await rig.script('true', {
        sandboxes,
        answer: () => Promise.resolve({ kind: 'allow', always: false }),
      });
      assert.deepEqual(await check(), { code: 0, tail: 'checked' });
    });

    it('says what to do about it', async () => {
      const found = await bare().find(undefined);
      assert.ok(found.kind === 'none');
      assert.equal(found.why, 'bubblewrap is not installed');
      assert.match(found.cure, /^Install it: .*bubblewrap\.$/);
      const docker = await bare().find('node:22');
      assert.ok(docker.kind === 'none');
      assert.match(docker.why, /^Docker is not installed/);
    });

    it('takes one that lets a command out for none', async () => {
      using rig = new SandboxRig();
      const bin = path.join(rig.root, 'bin');
      mkdirSync(bin);
      // Runs what it is given, and shuts nothing in.
      writeFileSync(
        path.join(bin, 'bwrap'),
        '#!/bin/sh\nwhile [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done\n[ $# -gt 0 ] || exit 0\nshift\nexec "$@"\n',
      );
      chmodSync(path.join(bin, 'bwrap'), 0o755);
      const environment = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
      const sandboxes = new Sandboxes({ clock: systemClock, environment, system: 'linux' });
      const found = await sandboxes.find(undefined);
      assert.ok(found.kind === 'none');
      assert.match(found.why, /^bubblewrap does not work here: it let a command write outside/);
    });
  });
});

describe('a container of Docker', function () {
  this.timeout(20_000);

  /** Stands for the client: keeps what it is called with, and does what the container would. */
  function fakeDocker(rig: SandboxRig) {
    const bin = path.join(rig.root, 'bin');
    mkdirSync(bin);
    const calls = path.join(rig.root, 'calls');
    writeFileSync(
      path.join(bin, 'docker'),
      `#!/bin/sh
      echo "$@" | tr '\\n' ' ' >> '${calls}'; echo >> '${calls}'
      case "$1" in
        ps) printf 'one\\trun-1:work.1:n\\t/copies/run-1/s\\ntwo\\trun-1:work.11:n\\t/copies/x\\nthree\\trun-1:work.1:n\\t/other/x\\n';;
        run)
          case "$*" in
            *CANARY_COPY*) printf in > "$CANARY_COPY/in"; echo wrote-copy; echo wrote-scratch;;
            *) echo "key $KEY home $HOME";;
          esac;;
      esac\n`,
    );
    chmodSync(path.join(bin, 'docker'), 0o755);
    const environment = {
      ...process.env,
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      SECRET: 'x',
    };
    const sandboxes = new Sandboxes({ clock: systemClock, environment });
    return { sandboxes, calls: () => readFileSync(calls, 'utf8').trim().split('\n') };
  }

  it('has no network, no privilege, limits and only its folders, and is removed at the end', async () => {
    using rig = new SandboxRig();
    const { sandboxes, calls } = fakeDocker(rig);
    const { result, log, output } = await rig.shutIn(['npm', 'test'], {
      sandboxes,
      sandbox: { ...TIGHT, image: 'node:22' },
      env: { KEY: 'of the step' },
    });
    assert.ok(result.ok, JSON.stringify(result));
    assert.match(log, /^sandbox: docker, no network, 1 CPU, 64 MB memory, 20 MB disk, 20 s\n/);
    assert.match(output, /^key of the step home /);
    const [run = '', removed = ''] = calls().slice(-2);
    for (const option of [
      '--rm',
      '--pull never',
      '--network none',
      '--cpus 1',
      `--memory ${64 * MB} --memory-swap ${64 * MB}`,
      '--pids-limit 1000',
      '--read-only',
      '--cap-drop ALL',
      '--security-opt no-new-privileges',
      `--mount type=bind,source=${rig.folder},target=${rig.folder}`,
      `--mount type=bind,source=${rig.scratch},target=${rig.scratch}`,
      '--env KEY',
      '--env HOME=/tmp',
      '--entrypoint npm node:22 test',
    ]) {
      assert.ok(run.includes(option), `${option} in ${run}`);
    }
    assert.ok(!run.includes('docker.sock') && !run.includes('of the step'), run);
    const name = /--name (\S+)/.exec(run)?.[1] ?? '';
    assert.equal(removed.trim(), `rm --force --volumes ${name}`);
  });

  it('that an attempt left behind is removed, and no other', async () => {
    using rig = new SandboxRig();
    const { sandboxes, calls } = fakeDocker(rig);
    assert.equal(await sandboxes.removeOrphans('run-1:work.1', '/copies'), 1);
    assert.deepEqual(
      calls()
        .slice(1)
        .map((line) => line.trim()),
      ['rm --force --volumes one'],
    );
  });
});

describe('what a sandbox shows', () => {
  it('is never the home folder, nor what it is in', async () => {
    for (const folder of ['/', '/home', '/home/ada', '/Users']) {
      assert.ok(isTooMuch(folder, ['/home/ada']), folder);
    }
    assert.ok(!isTooMuch('/home/ada/bin', ['/home/ada']));
    assert.deepEqual(await neededBy('/home/ada', ['/home/ada']), []);
    assert.deepEqual(await neededBy('/home/ada/bin', ['/home/ada']), ['/home/ada/bin']);
  });

  it('is of a version manager what its programs need, and not its keys', async () => {
    assert.deepEqual(await neededBy('/home/ada/.cargo/bin', ['/home/ada']), [
      '/home/ada/.cargo/bin',
      '/home/ada/.cargo/registry',
      '/home/ada/.cargo/git',
      '/home/ada/.rustup/toolchains',
      '/home/ada/.rustup/settings.toml',
    ]);
    const local = await neededBy('/home/ada/.local/bin', ['/home/ada']);
    assert.ok(local.includes('/home/ada/.local/lib') && !local.includes('/home/ada/.local/share'));
  });
});

describe('the profile for macOS', () => {
  it('forbids all but what it names, and no name gets out of its quotes', () => {
    const profile = profileOf(['/copies/a "b\\'], ['/usr', '/Users/ada'], ['/Users/ada']);
    assert.match(profile, /^\(version 1\)\n\(deny default\)\n/);
    assert.match(profile, /\(deny network\*\)$/);
    assert.ok(profile.includes('(allow file-read* file-write* (subpath "/copies/a \\"b\\\\"))'));
    assert.ok(profile.includes('(subpath "/usr")') && !profile.includes('"/Users/ada"'));
  });

  it('goes with a look at all that descends from the command', () => {
    const line = (pid: number, parent: number, group: number) => ({
      ...{ pid, parent, group },
      memoryBytes: pid,
    });
    const lines = [line(4, 3, 4), line(3, 2, 3), line(2, 1, 2), line(5, 1, 5), line(6, 1, 2)];
    assert.deepEqual(useOf(2, lines), { tasks: 4, memoryBytes: 15 });
  });
});

describe('the filter of system calls', () => {
  it('is made for processors whose calls are known, of whole instructions that jump within it', () => {
    assert.equal(seccompFilter('riscv64'), undefined);
    for (const architecture of ['x64', 'arm64']) {
      const bytes = Buffer.from(seccompFilter(architecture) ?? []);
      const count = bytes.length / 8;
      assert.ok(Number.isInteger(count) && count > 50);
      for (let index = 0; index < count; index += 1) {
        const code = bytes.readUInt16LE(index * 8);
        const leap = Math.max(bytes.readUInt8(index * 8 + 2), bytes.readUInt8(index * 8 + 3));
        assert.ok((code & 0x07) !== 0x05 || index + 1 + leap < count);
      }
      assert.equal(bytes.readUInt16LE((count - 1) * 8), 0x06);
    }
  });
});

/** A process and all that descend from it. */
function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(family)];
}
