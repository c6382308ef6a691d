import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Failure } from '../../../src/core/domain/failure.ts';
import type { RunId } from '../../../src/core/domain/ids.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { kinds, seen, start, taskId, taskOf, until } from '../../support/runs.ts';
import { digestCheckout, problemsIn } from '../../support/tempRepository.ts';
import { COMPOSED, ESCAPES, type Escape } from './escapes.ts';

/** Every entry of the folder it runs in, with its mode and what is in it. */
const LOOK = `
  const digest = (bytes) => require('node:crypto').createHash('sha256').update(bytes).digest('hex').slice(0, 8);
  const list = (folder) => fs.readdirSync(Buffer.from(folder, 'latin1'), { encoding: 'latin1' }).sort().flatMap((name) => {
    const file = folder + name;
    const at = Buffer.from(file, 'latin1');
    const status = fs.lstatSync(at);
    const mode = (status.mode & 0o777).toString(8);
    return status.isDirectory() ? [file + '/ ' + mode, ...list(file + '/')]
      : status.isSymbolicLink() ? [file + ' -> ' + fs.readlinkSync(at)]
      : [file + ' ' + mode + ' ' + (status.isFile() ? digest(fs.readFileSync(at)) : 'odd')];
  });
  console.log(list('./').join('\\n'));`;

describe('An agent that owns some paths gets nothing foreign landed by', function () {
  this.timeout(20_000);

  let project: TempProject;
  let sluice: Sluice;
  let checkout: unknown;
  let clean: readonly string[];

  before(async () => {
    project = new TempProject();
    project.write('.gitignore', 'node_modules\nbuild/\n*.log\n');
    project.write('node_modules/dependency/index.js', 'dependency\n');
    for (const file of [
      'other',
      'gone',
      'moved',
      'web/page',
      'api/own',
      'api/deep/own',
      'api/secret/key',
    ]) {
      project.write(`src/${file}.ts`, `${path.basename(file)}\n`);
    }
    fs.symlinkSync('own.ts', path.join(project.folder, 'src/api/current'));
    for (const folder of ['src/api/vendor', 'lib/vendor']) {
      project.write(`${folder}/inside.ts`, 'inside\n');
      const at = path.join(project.folder, folder);
      const git = (...args: readonly string[]) => project.repository.gitIn(at, ...args);
      git('init', '--quiet');
      git('add', '--all');
      git('commit', '--quiet', '--message', 'Inside');
    }
    const escapes: readonly Escape[] = [
      { by: 'nothing', does: '', ends: { landing: [] } },
      ...ESCAPES,
    ];
    project.agent('look', LOOK);
    for (const [at, { does, owns = ['src/api/**'], checks = [] }] of escapes.entries()) {
      const begin = `const path = require('node:path');
        const project = ${JSON.stringify(project.folder)};
        const spawn = (program, args) => require('node:child_process').execFileSync(program, args);
        const put = (file, text) => { fs.mkdirSync(path.dirname(file), { recursive: true }); fs.writeFileSync(file, text); };`;
      project.agent(`escape-${at}`, `${begin} ${does}`);
      project.workflow(`escape-${at}`, {
        escape: {
          agent: `escape-${at}`,
          owns,
          never: ['src/api/secret/**', `${COMPOSED}/**`].filter((one) => !owns.includes(one)),
          checks,
        },
        next: { agent: 'look', needs: 'escape', if: 'always()', prompt: String(at) },
      });
    }
    project.repository.commit();
    checkout = digestCheckout(project.folder);
    sluice = await project.open();
    clean = (await tried(0)).found;
  });
  after(() => project.dispose());

  /** What comes of it, and what the next task finds in its copy. */
  async function tried(at: number) {
    const { run, ended } = await start(sluice, `escape-${at}`);
    await ended;
    const escape = taskOf(sluice, run, 'escape');
    const next = taskOf(sluice, run, 'next');
    assert.ok(next.kind === 'succeeded', JSON.stringify([escape, next]));
    const output = await sluice.results.bytes({ ...next.output, executable: false });
    return { run, escape, found: Buffer.from(output).toString().trim().split('\n') };
  }

  /** Lines of `git diff --name-status` for each branch of the run. */
  function landed(run: RunId): string[] {
    const git = (...args: readonly string[]) =>
      project.repository
        .git(...args)
        .split('\n')
        .filter((line) => line !== '');
    return git('for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/tags')
      .filter((ref) => ref.includes(run))
      .flatMap((ref) => git('diff', '--no-renames', '--name-status', 'HEAD', ref));
  }

  for (const [at, { by, on, ends }] of ESCAPES.entries()) {
    const isHere = { linux: 'linux', unix: process.platform === 'win32' ? '' : process.platform };
    const test = on === undefined || isHere[on] === process.platform ? it : it.skip;
    test(by, async () => {
      const { run, escape, found } = await tried(at + 1);
      const lands = 'landing' in ends ? ends.landing : [];
      // On its branch and on its tag.
      assert.deepEqual(landed(run), [...lands, ...lands]);
      if ('landing' in ends || 'refusing' in ends) {
        assert.equal(escape.kind, 'succeeded', JSON.stringify(escape));
        const landing = seen(sluice, run).state.landings.get(taskId('escape'));
        assert.equal(
          landing?.kind,
          lands.length > 0 ? 'done' : 'refusing' in ends ? 'failed' : undefined,
        );
        if ('refusing' in ends) {
          assert.ok(landing?.kind === 'failed' && landing.failure.reason === 'landing');
          assert.match(landing.failure.message, ends.refusing);
        }
      } else {
        assert.equal(escape.kind, 'failed');
        assertFailure(escape.failure, ends);
      }
      // What is its own is laid under the next; of what becomes no commit nothing else is either.
      const passedOn =
        'refusing' in ends ? ends.passesOn : lands.map((line) => line.replace(/^.\t/, ''));
      const own = passedOn.map((file) => (file.endsWith('/') ? `./${file}` : `./${file} `));
      assert.deepEqual(
        found.filter((line) => !own.some((begin) => line.startsWith(begin))),
        clean,
        'the next copy is clean',
      );
      assert.deepEqual(seen(sluice, run).state.checkout.changes, []);
    });
  }

  it('any of this: the checkout is byte for byte what it was, and the repository sound', () => {
    assert.deepEqual(digestCheckout(project.folder), checkout);
    assert.equal(problemsIn(project.folder), '');
  });

  function assertFailure(
    failure: Failure,
    ends: Extract<Escape['ends'], { saying: unknown } | { naming: unknown }>,
  ) {
    if ('saying' in ends) {
      assert.ok(failure.reason === 'landing', JSON.stringify(failure));
      assert.match(failure.message, ends.saying);
    } else {
      assert.ok(failure.reason === 'out-of-bounds', JSON.stringify(failure));
      const missing = ends.naming.filter((one) => !failure.paths.includes(one));
      assert.deepEqual(missing, [], `not told: ${failure.paths.join()}`);
      const own = failure.paths.filter(
        (one) => one.startsWith('src/api/') && !ends.naming.includes(one),
      );
      assert.deepEqual(own, [], 'told of its own');
    }
  }
});

describe('An agent that owns some paths', function () {
  this.timeout(20_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.write('src/other.ts', 'other\n');
    project.write('src/api/own.ts', 'own\n');
  });
  afterEach(() => project.dispose());

  const branches = () =>
    project.repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/ai', 'refs/tags');
  const inProject = (file: string) => JSON.stringify(path.join(project.folder, file));

  it('reaches linked dependencies, which are the user’s own; nothing of that lands', async () => {
    project.write('.gitignore', 'node_modules\n');
    project.write('node_modules/dependency/index.js', 'dependency\n');
    project.agent('reach', `fs.writeFileSync('node_modules/dependency/index.js', 'evil');`);
    project.workflow('reach', { reach: { agent: 'reach', owns: ['src/api/**'] } });
    project.repository.commit();
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'reach');
    await ended;
    assert.equal(taskOf(sluice, run, 'reach').kind, 'succeeded');
    assert.equal(branches(), '');
    assert.equal(project.repository.git('status', '--porcelain'), '');
  });

  it('is found out when it writes into the checkout, before anything of the run lands', async () => {
    project.agent(
      'reach',
      `fs.writeFileSync('src/api/own.ts', 'new'); fs.writeFileSync(${inProject('src/other.ts')}, 'evil');`,
    );
    project.workflow('reach', { reach: { agent: 'reach', owns: ['src/api/**'] } });
    project.repository.commit();
    const sluice = await project.open();
    const { run } = await start(sluice, 'reach');
    const { checkout } = await until(sluice, () => {
      const { state } = seen(sluice, run);
      return state.phase.kind === 'paused' && state;
    });
    assert.deepEqual(
      checkout.changes.map((change) => change.what === 'file' && change.path),
      ['src/other.ts'],
    );
    assert.equal(branches(), '');
  });

  it('lands nothing for another whose result it has written over in the store', async () => {
    project.agent('make', `fs.writeFileSync('src/other.ts', 'made');`);
    project.agent(
      'forge',
      `const store = ${inProject('.git/sluice/blobs')};
      for (const folder of fs.readdirSync(store)) for (const name of fs.readdirSync(store + '/' + folder)) {
        const at = store + '/' + folder + '/' + name;
        if (fs.readFileSync(at, 'utf8') === 'made') { fs.chmodSync(at, 0o644); fs.writeFileSync(at, 'evil'); note('forged'); }
      }`,
    );
    project.workflow('reach', {
      make: { agent: 'make', owns: ['src/other.ts'] },
      forge: { agent: 'forge', needs: 'make', owns: ['src/api/**'] },
      approve: { gate: 'Keep it?', needs: ['make', 'forge'] },
    });
    project.repository.commit();
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'reach', { approveGate: () => true });
    await ended;
    assert.deepEqual(project.notes(), ['forged']);
    assert.equal(seen(sluice, run).state.landings.get(taskId('make'))?.kind, 'failed');
    assert.equal(branches(), '');
  });

  it('never works at the same time as another that turns out to own the same', async () => {
    project.agent('which', `await sign('which'); console.log('["api", "api/deep"]');`);
    project.agent(
      'work',
      `note('begins'); await new Promise((done) => setTimeout(done, 150)); note('ends');
`,
    );
    project.workflow(
      'part',
      {
        work: {
          agent: 'work',
          owns: ['src/${{ inputs.part }}/**'],
        },
      },
      { inputs: { part: {} } },
    );
    project.workflow('both', {
      which: { agent: 'which' },
      each: {
        workflow: 'part',
        needs: 'which',
        matrix: { part: '${{ steps.which.output }}' },
        with: { part: '${{ matrix.part }}' },
      },
    });
    project.repository.commit();
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'both');
    project.give('which');
    await ended;
    assert.deepEqual(
      [...new Set(Object.values(kinds(sluice, run)))],
      ['succeeded'],
      JSON.stringify([...seen(sluice, run).state.tasks]),
    );
    assert.deepEqual(
      project.notes(),
      Array.from({ length: 4 }, (_, at) => (at % 2 === 0 ? 'begins' : 'ends')),
    );
  });

  it('is followed by steps that find in their copies what it has changed and removed', async () => {
    project.agent(
      'implement',
      `fs.writeFileSync('src/api/own.ts', 'better'); fs.writeFileSync('src/api/new.ts', 'new'); fs.rmSync('src/api/old.ts');`,
    );
    project.agent(
      'test',
      `console.log(fs.readdirSync('src/api').map((name) => name + ': ' + fs.readFileSync('src/api/' + name, 'utf8').trim()).join('\\n'));`,
    );
    project.write('src/api/old.ts', 'old\n');
    project.workflow('code', {
      implement: { agent: 'implement', owns: ['src/api/**'] },
      approve: { gate: 'Test it?', needs: 'implement' },
      test: { agent: 'test', needs: 'approve' },
      beside: { agent: 'test', prompt: 'beside' },
    });
    project.repository.commit();
    const sluice = await project.open();
    const { run, ended } = await start(sluice, 'code', { approveGate: () => true });
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
    const printed = async (task: string) => {
      const state = taskOf(sluice, run, task);
      assert.ok(state.kind === 'succeeded');
      const bytes = await sluice.results.bytes({ ...state.output, executable: false });
      return Buffer.from(bytes).toString().trim().split('\n');
    };
    assert.deepEqual(await printed('test'), ['new.ts: new', 'own.ts: better']);
    assert.deepEqual(await printed('beside'), ['old.ts: old', 'own.ts: own']);
  });
});
