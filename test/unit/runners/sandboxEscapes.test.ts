import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import type { Failure } from '../../../src/core/domain/failure.ts';
import { isAlive } from '../../../src/core/base/processes.ts';
import { MB, needsSandbox, ROOMY, SandboxRig, TIGHT, type Ended } from './sandboxRig.ts';

/** Every test here is a command that tries to get out of a real sandbox, or to take more than it may. */

function failureOf({ result, log }: Ended): Failure {
  assert.ok(!result.ok, `expected a failure: ${log}`);
  return result.error;
}

/** It ended, as it should; the words it printed say what went well for it. */
function reportOf({ result, output, log }: Ended): string[] {
  assert.ok(result.ok, `${JSON.stringify(result)} ${log}`);
  return output.trim().split('\n');
}

async function listening(server: Server, at: { path: string } | { port: number; host: string }) {
  await new Promise<void>((resolve) => server.listen(at, resolve));
  return server;
}

describe('out of a sandbox a command', function () {
  this.timeout(20_000);
  before(async function () {
    await needsSandbox(this);
  });

  describe('with the network', () => {
    it('reaches no port of the machine, no address, no socket, and nobody reaches it', async () => {
      using rig = new SandboxRig();
      mkdirSync(rig.outside);
      let connections = 0;
      const heard = () =>
        createServer((socket) => {
          connections += 1;
          socket.destroy();
        });
      const name = `sluice-${process.pid}`;
      const servers = await Promise.all([
        listening(heard(), { port: 0, host: '127.0.0.1' }),
        listening(heard(), { path: path.join(rig.outside, 'socket') }),
        // Has no file, so hiding files does not hide it.
        listening(heard(), { path: `\0${name}` }),
      ]);
      const address = servers[0].address();
      assert.ok(typeof address === 'object' && address !== null);
      const ended = await rig.node(`
        const net = require('node:net'), dgram = require('node:dgram');
        const tries = {
          loopback: { port: ${address.port}, host: '127.0.0.1' },
          address: { port: 53, host: '1.1.1.1' },
          socket: { path: ${JSON.stringify(path.join(rig.outside, 'socket'))} },
          abstract: { path: '\\0${name}' },
        };
        for (const [name, to] of Object.entries(tries)) {
          const socket = net.connect(to);
          socket.on('connect', () => { console.log(name, 'connected'); process.exit(); });
          socket.on('error', ({ code }) => console.log(name, code));
        }
        const udp = dgram.createSocket('udp4');
        udp.send('x', 53, '1.1.1.1', (error) => { console.log('udp', error && error.code); udp.close(); });
        require('node:dns').resolve('example.com', (error) => console.log('dns', error && error.code));
      `);
      servers.forEach((server) => server.close());
      assert.deepEqual(reportOf(ended).sort(), [
        'abstract ECONNREFUSED',
        'address ENETUNREACH',
        'dns ECONNREFUSED',
        'loopback ECONNREFUSED',
        'socket ENOENT',
        'udp ENETUNREACH',
      ]);
      assert.equal(connections, 0);
      rig.leavesNothing();
    });
  });

  describe('by writing', () => {
    it('changes nothing outside its folders, by whatever way', async () => {
      using rig = new SandboxRig();
      // Not below /tmp: there a sandbox has a /tmp of its own, in which it may make what it likes.
      using elsewhere = new Elsewhere();
      const repository = elsewhere.folder;
      mkdirSync(path.join(repository, '.git', 'hooks'), { recursive: true });
      writeFileSync(path.join(repository, '.git', 'config'), 'as it was');
      symlinkSync(repository, path.join(rig.folder, 'link'));
      symlinkSync(path.join(repository, '.git', 'config'), path.join(rig.folder, 'config'));
      const before = readdirSync(repository, { recursive: true }).sort();
      const machine = path.join(tmpdir(), `sluice-escaped-${process.pid}`);
      const ended = await rig.script(`
        put() { (mkdir -p "$(dirname "$1")" && printf x > "$1") 2>/dev/null && echo "wrote $1"; }
        put '${repository}/new'
        put '${repository}/.vscode/settings.json'
        put '${repository}/.git/hooks/pre-commit'
        put '${repository}/.git/config'
        put link/new
        put link/.vscode/tasks.json
        put config
        put /usr/local/bin/sluice-escaped
        put /etc/sluice-escaped
        put /sluice-escaped
        put /dev/sluice-escaped
        ln link/.git/config hard 2>/dev/null && echo linked
        # What is there already, in case it can be written.
        kept=$(cat /proc/sys/kernel/core_pattern)
        (printf %s "$kept" > /proc/sys/kernel/core_pattern) 2>/dev/null && echo 'set the kernel'
        for file in /proc/sysrq-trigger /proc/sys/kernel/* /proc/sys/vm/*; do
          test -w "$file" && echo "may write $file"
        done
        put '${path.dirname(rig.folder)}/beside' >/dev/null
        put '${machine}' >/dev/null
        put /dev/shm/sluice-escaped >/dev/null
        printf mine > own && printf mine > "$SLUICE_SCRATCH/own" && printf x > "$HOME/own"
        echo done
      `);
      assert.deepEqual(reportOf(ended), ['done']);
      assert.deepEqual(readdirSync(repository, { recursive: true }).sort(), before);
      assert.equal(readFileSync(path.join(repository, '.git', 'config'), 'utf8'), 'as it was');
      assert.equal(readFileSync(path.join(rig.folder, 'own'), 'utf8'), 'mine');
      assert.equal(readFileSync(path.join(rig.scratch, 'own'), 'utf8'), 'mine');
      for (const at of [
        machine,
        path.join(rig.root, 'beside'),
        '/usr/local/bin/sluice-escaped',
        '/etc/sluice-escaped',
        '/sluice-escaped',
        '/dev/shm/sluice-escaped',
      ]) {
        assert.ok(!existsSync(at), at);
      }
      rig.leavesNothing();
    });
  });

  describe('by reading', () => {
    it('finds no file of the home folder, of the repository or of the system that holds secrets', async () => {
      using rig = new SandboxRig();
      using elsewhere = new Elsewhere();
      const repository = elsewhere.folder;
      mkdirSync(path.join(repository, '.git'));
      writeFileSync(path.join(repository, '.git', 'config'), 'secret');
      writeFileSync(path.join(repository, '.env'), 'KEY=secret');
      symlinkSync(path.join(repository, '.env'), path.join(rig.folder, 'key'));
      symlinkSync(repository, path.join(rig.folder, 'all'));
      const ended = await rig.script(`
        show() { (cat "$1" || ls "$1/") >/dev/null 2>&1 && echo "read $1"; }
        show '${homedir()}/.ssh'
        show '${homedir()}/.gitconfig'
        show '${repository}'
        show '${repository}/.env'
        show '${repository}/.git/config'
        show key
        show all
        show all/.env
        show /etc/shadow
        show /etc/ssl/private
        show /var/run/docker.sock
        show /run
        show /sys
        show /home
        show /dev/mem
        head -c 1 /proc/kcore
        ls -A "$HOME"
        echo done
      `);
      assert.deepEqual(reportOf(ended), ['done']);
      rig.leavesNothing();
    });

    it('finds no key in its variables, nor in those of any process', async () => {
      using rig = new SandboxRig();
      const environment = { ...process.env, API_KEY: 'sluice-secret', AWS_SECRET: 'sluice-secret' };
      const ended = await rig.script(
        'env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr "\\0" "\\n"; ls /proc | grep -c "^[0-9]"',
        { environment, env: { DECLARED: 'yes' } },
      );
      const printed = reportOf(ended);
      assert.ok(!printed.some((line) => line.includes('sluice-secret')));
      assert.ok(printed.includes('DECLARED=yes'));
      assert.ok(printed.includes('HOME=/tmp/home') && printed.includes('TMPDIR=/tmp'));
      // The first of the sandbox, the shell, and the three of its pipe: not those of the machine.
      assert.ok(Number(printed.at(-1)) < 8, printed.at(-1));
      rig.leavesNothing();
    });
  });

  describe('by taking more than it may', () => {
    it('breaks no machine with a fork bomb', async () => {
      using rig = new SandboxRig();
      // Root is held back by the looks alone: a bomb that doubles would be felt by all who test beside us.
      const ended = await rig.script(
        process.getuid?.() === 0
          ? 'i=0; while [ $i -lt 3000 ]; do sleep 60 & i=$((i+1)); done; sleep 60'
          : 'bomb() { bomb | bomb & }; bomb; sleep 60',
        { sandbox: ROOMY },
      );
      assert.deepEqual(failureOf(ended), {
        reason: 'sandbox-limit',
        limit: 'processes',
        most: 1000,
      });
      assert.ok(ended.ms < 8000, `${ended.ms} ms`);
      rig.leavesNothing();
    });

    it('takes no more memory in one process', async () => {
      using rig = new SandboxRig();
      const ended = await rig.script('a=xxxxxxxx; while :; do a=$a$a; done');
      const { reason } = failureOf(ended);
      // What grows slowly is stopped; one leap over the limit the system does not allow.
      assert.ok(
        reason === 'exited' || reason === 'sandbox-limit' || reason === 'signalled',
        reason,
      );
      rig.leavesNothing();
    });

    it('takes no more memory in many processes', async () => {
      using rig = new SandboxRig();
      const ended = await rig.script(`
        for i in 1 2 3 4 5 6 7 8; do
          (a=$(head -c 15000000 /dev/zero | tr '\\0' x); sleep 60; echo "$a" | wc -c) &
        done; wait`);
      assert.deepEqual(failureOf(ended), {
        reason: 'sandbox-limit',
        limit: 'memory',
        most: TIGHT.memoryBytes,
      });
      assert.ok(ended.ms < 8000, `${ended.ms} ms`);
      rig.leavesNothing();
    });

    it('takes no more memory as files of its own /tmp and /dev/shm', async () => {
      using rig = new SandboxRig();
      const ended = await rig.script(`
        head -c 200000000 /dev/zero > /tmp/big 2>/dev/null || echo '/tmp full'
        head -c 200000000 /dev/zero > /dev/shm/big 2>/dev/null || echo '/dev/shm full'
        for i in 1 2 3; do head -c 9000000 /dev/zero > /tmp/$i; done 2>/dev/null
        wc -c < /tmp/big`);
      const [first, second, bytes] = reportOf(ended);
      assert.deepEqual([first, second], ['/tmp full', '/dev/shm full']);
      assert.ok(Number(bytes) <= TIGHT.memoryBytes / 2);
      rig.leavesNothing();
    });

    it('fills no disk with one file', async () => {
      using rig = new SandboxRig();
      const ended = await rig.script('head -c 200000000 /dev/zero > big; echo next; sleep 60');
      assert.deepEqual(failureOf(ended), {
        reason: 'sandbox-limit',
        limit: 'disk',
        most: TIGHT.diskBytes,
      });
      assert.ok(ended.ms < 8000, `${ended.ms} ms`);
      rig.leavesNothing();
    });

    it('fills no disk with many files, also when it ends before anybody looks', async () => {
      using rig = new SandboxRig();
      const ended = await rig.script(
        'for i in 1 2 3 4 5 6; do head -c 4000000 /dev/zero > "$SLUICE_SCRATCH/$i"; done',
      );
      assert.deepEqual(failureOf(ended), {
        reason: 'sandbox-limit',
        limit: 'disk',
        most: TIGHT.diskBytes,
      });
      rig.leavesNothing();
    });

    it('fills no disk with a file that has no name', async () => {
      using rig = new SandboxRig();
      const ended = await rig.script(`
        exec 5> a 6> b; rm a b
        head -c 15000000 /dev/zero >&5; head -c 15000000 /dev/zero >&6; sleep 60`);
      assert.deepEqual(failureOf(ended), {
        reason: 'sandbox-limit',
        limit: 'disk',
        most: TIGHT.diskBytes,
      });
      assert.ok(ended.ms < 8000, `${ended.ms} ms`);
      rig.leavesNothing();
    });
  });

  describe('by staying', () => {
    it('survives no timeout, whatever it does', async () => {
      using rig = new SandboxRig();
      const ended = await rig.script(
        `trap '' TERM INT HUP
        nohup sleep 61 >/dev/null 2>&1 &
        setsid sleep 62 &
        (setsid sh -c 'trap "" TERM; (sleep 63 &) ; sleep 64' &)
        env -i setsid sleep 65 &
        echo ready; while :; do sleep 66; done`,
        { sandbox: { ...TIGHT, timeoutMs: 1000 } },
      );
      assert.deepEqual(failureOf(ended), { reason: 'timed-out', limit: 'wall', afterMs: 1000 });
      assert.match(ended.output, /ready/);
      assert.ok(ended.ms < 4000, `${ended.ms} ms`);
      rig.leavesNothing();
      assert.deepEqual(sleepers(), []);
    });

    it('leaves nobody behind when it ends by itself', async () => {
      using rig = new SandboxRig();
      const ended = await rig.script('env -i setsid sleep 67 & nohup sleep 67 & echo started');
      assert.deepEqual(reportOf(ended), ['started']);
      assert.ok(ended.ms < 3000, `${ended.ms} ms`);
      rig.leavesNothing();
      assert.deepEqual(sleepers(), []);
    });
  });

  describe('by the back door', () => {
    it('ends no process outside, and sees none', async () => {
      using rig = new SandboxRig();
      const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
      const { pid } = bystander;
      assert.ok(pid !== undefined);
      const ended = await rig.script(`
        for pid in ${pid} ${process.pid}; do
          test -e /proc/$pid/status && echo "sees $pid"
          kill -9 $pid 2>/dev/null && echo "ended $pid"
        done
        kill -9 1 2>/dev/null; kill -9 -1 2>/dev/null
        echo done`);
      // Its own processes it may end, itself among them.
      assert.ok(!/sees|ended/.test(ended.output), ended.output);
      assert.ok(isAlive(pid, ''));
      bystander.kill('SIGKILL');
      rig.leavesNothing();
    });

    it('gets no privilege, no namespace and no mount', async () => {
      using rig = new SandboxRig();
      const ended = await rig.script(`
        grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t '
        mount -t tmpfs x "$HOME" 2>/dev/null && echo mounted
        mount -o remount,rw / 2>/dev/null && echo remounted
        mount --bind /tmp /usr 2>/dev/null && echo bound
        umount /usr 2>/dev/null && echo unmounted
        unshare -Ur true 2>/dev/null && echo 'new user namespace'
        unshare -m true 2>/dev/null && echo 'new mounts'
        chroot / true 2>/dev/null && echo chroot
        nsenter -t 1 -m true 2>/dev/null && echo nsenter
        mknod disk b 8 0 2>/dev/null && head -c 1 disk && echo device
        echo done`);
      const known = ['x64', 'arm64'].includes(process.arch);
      assert.deepEqual(reportOf(ended), [
        'CapEff:0000000000000000',
        'CapBnd:0000000000000000',
        'NoNewPrivs:1',
        `Seccomp:${known ? 2 : 0}`,
        'done',
      ]);
      rig.leavesNothing();
    });

    it('types into no terminal, takes no further processor, keeps no hidden memory, reads no key ring', async function () {
      using rig = new SandboxRig();
      const numbers = SYSTEM_CALLS[process.arch];
      if (numbers === undefined || !existsSync('/usr/bin/perl')) {
        this.skip();
      }
      const { keyctl, memfd, affinity, ring, vsock } = numbers;
      const ended = await rig.shutIn([
        'perl',
        '-e',
        `my $typed = open(my $tty, '+<', '/dev/tty') ? 'opened' : 'none'; print "terminal $typed\n";
        my $x = 'x'; print "typing ", (defined ioctl(STDIN, 0x5412, $x) ? 'typed' : 'refused'), "\n";
        print "keys ", (syscall(${keyctl}, 0, -3, 0) < 0 ? 'refused' : 'read'), "\n";
        print "memory ", (syscall(${memfd}, $x, 0) < 0 ? 'refused' : 'made'), "\n";
        my $all = "\\xff" x 128;
        print "processors ", (syscall(${affinity}, 0, 128, $all) < 0 ? 'refused' : 'taken'), "\n";
        print "ring ", (syscall(${ring}, 8, $all) < 0 ? 'refused' : 'made'), "\n";
        print "host ", (syscall(${vsock}, 40, 1, 0) < 0 ? 'refused' : 'opened'), "\n";`,
      ]);
      assert.deepEqual(reportOf(ended), [
        'terminal none',
        'typing refused',
        'keys refused',
        'memory refused',
        'processors refused',
        'ring refused',
        'host refused',
      ]);
      rig.leavesNothing();
    });

    it('finds its one processor to be one', async () => {
      using rig = new SandboxRig();
      const ended = await rig.node(
        `console.log(require('node:os').availableParallelism?.(), require('node:fs').readFileSync('/proc/self/status', 'utf8').match(/Cpus_allowed_list:\\s*(\\d+)\\n/) !== null)`,
        { sandbox: ROOMY },
      );
      assert.match(reportOf(ended)[0] ?? '', /^\d+ true$/);
      assert.ok(ROOMY.memoryBytes === 512 * MB);
    });
  });
});

/** A folder that no rig is in, on a disk: in the user's home folder, where a repository is, too. */
class Elsewhere implements Disposable {
  readonly folder = mkdtempSync(path.join(homedir(), '.sluice-test-'));

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

const SYSTEM_CALLS: Readonly<
  Record<
    string,
    { keyctl: number; memfd: number; affinity: number; ring: number; vsock: number } | undefined
  >
> = {
  x64: { keyctl: 250, memfd: 319, affinity: 203, ring: 425, vsock: 41 },
  arm64: { keyctl: 219, memfd: 279, affinity: 122, ring: 425, vsock: 198 },
};

/** Those that the tests here start: nobody else sleeps for so long. */
function sleepers(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^sleep 6[1-7] $/.test(
        readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '),
      );
    } catch {
      return false;
    }
  });
}
