import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { contractProblems } from '../../../src/core/debugging/contract/contractText.ts';
import { CONTRACT, contractWith } from '../debugging/contractSample.ts';
import { TemporaryFolder } from '../definitions/folder.ts';

// The programs of the builders pack by which agents' work is judged, run as they are in folders with the tools of a
// language: stand-ins, so that no language has to be installed.

const PROGRAMS = path.resolve('resources/packs/builders/files/.sluice/builders');

describe('Checks of the builders pack', function () {
  this.timeout(30_000);

  let folder: TemporaryFolder;
  beforeEach(function () {
    if (process.platform === 'win32') {
      // A program that is a script has no one name there.
      this.skip();
    }
    folder = new TemporaryFolder();
    fs.mkdirSync(path.join(folder.path, 'bin'));
  });
  afterEach(() => folder.dispose());

  /** A program on the path. @param script what it does; `args` are what it was called with */
  function tool(name: string, script = ''): void {
    const file = path.join(folder.path, 'bin', name);
    const program = `#!${process.execPath}\nconst args = process.argv.slice(2);\nconsole.log('> ${name} ' + args.join(' '));\n${script}\n`;
    fs.writeFileSync(file, program, { mode: 0o755 });
  }

  /** An interpreter with these modules; `runs` is what it does with one of them. */
  function python(modules: readonly string[], runs = ''): void {
    const script = `if (args[0] === '-c') { console.log(${JSON.stringify(modules.join(' '))}); } else { ${runs} }`;
    const file = path.join(folder.path, 'bin', 'python3');
    const program = `#!${process.execPath}\nconst args = process.argv.slice(2);\nif (args[0] !== '-c') console.log('> python3 ' + args.join(' '));\n${script}\n`;
    fs.writeFileSync(file, program, { mode: 0o755 });
  }

  interface Judged {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  }

  function judge(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Judged {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(PROGRAMS, program), ...args],
      {
        cwd: folder.path,
        env: { PATH: path.join(folder.path, 'bin'), ...env },
        encoding: 'utf8',
      },
    );
    return { code: status, out: stdout, err: stderr };
  }
  const check = (...args: readonly string[]) => judge('checkProject.mjs', args);
  const called = ({ out }: Judged) => out.split('\n').filter((line) => line.startsWith('> '));

  describe('of a project', () => {
    it('run the scripts of package.json, under the names people give them', () => {
      folder.write('package.json', '{"scripts": {"eslint": "x", "typecheck": "x", "test": "x"}}');
      tool('npm');
      const { code, out, err } = check();
      assert.deepEqual([code, err], [0, '']);
      assert.deepEqual(
        out.split('\n').filter((line) => !line.startsWith('> ')),
        [
          'lint (Node): npm run --silent eslint',
          'lint (Node): passed',
          'types (Node): npm run --silent typecheck',
          'types (Node): passed',
          'security (Node): not there: package.json has no script for it',
          'test (Node): npm run --silent test',
          'test (Node): passed',
          '',
        ],
      );
    });

    it('run those that are named, else those of CHECKS, and know no others', () => {
      folder.write('package.json', '{"scripts": {"lint": "x", "types": "x", "test": "x"}}');
      tool('npm');
      assert.deepEqual(called(check('types')), ['> npm run --silent types']);
      const env = { CHECKS: 'test  lint' };
      assert.deepEqual(called(judge('checkProject.mjs', [], env)), [
        '> npm run --silent test',
        '> npm run --silent lint',
      ]);
      const { code, err } = check('lint', 'style');
      assert.deepEqual(
        [code, err],
        [1, 'There is no check "style": use lint, types, security, test.\n'],
      );
    });

    it('go on behind one that fails, and say at the end which did', () => {
      folder.write('package.json', '{"scripts": {"lint": "x", "types": "x", "test": "x"}}');
      tool('npm', "process.exitCode = args.includes('types') ? 0 : 3;");
      const told = check();
      assert.equal(told.code, 1);
      assert.match(told.out, /lint \(Node\): failed \(3\)\n/);
      assert.equal(told.err, 'Failed: lint (Node), test (Node).\n');
    });

    it('use the package manager of the lock file, where it is installed', () => {
      folder.write('package.json', '{"scripts": {"test": "x"}}');
      folder.write('pnpm-lock.yaml', '');
      tool('npm');
      assert.deepEqual(called(check('test')), ['> npm run --silent test']);
      tool('pnpm');
      assert.deepEqual(called(check('test')), ['> pnpm run test']);
    });

    for (const [what, files] of [
      ['an empty folder', {}],
      ['a project without a script for them', { 'package.json': '{}' }],
      [
        'what npm init writes',
        {
          'package.json': '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}',
        },
      ],
    ] as const) {
      it(`fail for tests that are not there, in ${what}`, () => {
        for (const [file, text] of Object.entries(files)) {
          folder.write(file, text);
        }
        const { code, out, err } = check();
        assert.deepEqual([code, err], [1, 'Failed: test.\n']);
        assert.match(out, /^test: no tests are there, and nothing is proved without any$/m);
        assert.equal(check('lint', 'types', 'security').code, 0);
      });
    }

    for (const [runner, printed, isProof] of [
      ['node --test', 'ℹ tests 0\nℹ pass 0', false],
      ['node --test of two packages', '# tests 0\n# tests 2', true],
      ['mocha', '\n  0 passing (2ms)', false],
      ['mocha in colours', '\n\u001b[92m \u001b[0m\u001b[32m 3 passing\u001b[0m', true],
      ['Jest', 'Tests:       1 skipped, 4 passed, 5 total', true],
      ['Vitest', '      Tests  2 passed (2)', true],
      ['one nobody knows', 'all good', true],
    ] as const) {
      it(`take ${isProof ? '' : 'no '}tests of ${runner} for a proof that printed ${JSON.stringify(printed.slice(0, 20))}`, () => {
        folder.write('package.json', '{"scripts": {"test": "x"}}');
        tool('npm', `console.log(${JSON.stringify(printed)})`);
        const { code, out } = check('test');
        assert.equal(code, isProof ? 0 : 1);
        assert.equal(out.includes('failed: it ran no test'), !isProof);
      });
    }

    it('of Python run what the project names and has, and say what it lacks', () => {
      folder.write('pyproject.toml', '[tool.ruff]\n[tool.mypy]\nfiles = ["src"]\n[tool.bandit]\n');
      folder.write('tests/test_a.py', 'def test_a(): pass\n');
      python(['ruff', 'mypy', 'flake8', 'pytest']);
      const told = check();
      assert.equal(told.code, 0, told.err);
      assert.deepEqual(called(told), [
        '> python3 -m ruff check .',
        '> python3 -m mypy',
        '> python3 -m pytest -p no:cacheprovider',
      ]);
      assert.match(
        told.out,
        /^security \(Python\): not there: bandit: named by the project and not installed$/m,
      );
    });

    it('of Python leave alone tools that are only on this machine', () => {
      folder.write('requirements.txt', 'requests\n');
      folder.write('tests/test_a.py', 'import unittest\n');
      folder.write('tests/__init__.py', '');
      python(['ruff', 'mypy', 'pytest'], "console.error('Ran 2 tests in 0.1s')");
      const told = check();
      assert.equal(told.code, 0, told.err);
      assert.deepEqual(called(told), ['> python3 -m unittest discover -s tests -t .']);
      assert.match(
        told.out,
        /^lint \(Python\): not there: neither ruff nor flake8 is the project's own$/m,
      );
    });

    it('of Python prefer what lies in its own environment', () => {
      folder.write('setup.py', '');
      folder.write('tests/test_a.py', 'def test_a(): pass\n');
      python([]);
      tool('pytest');
      const own = path.join(folder.path, '.venv/bin');
      fs.mkdirSync(own, { recursive: true });
      fs.renameSync(path.join(folder.path, 'bin/python3'), path.join(own, 'python'));
      assert.deepEqual(called(check('test')), ['> pytest -p no:cacheprovider']);
    });

    it('of Python fail where unittest found nothing to run', () => {
      folder.write('a.py', '');
      folder.write('test_a.py', 'import unittest\n');
      python([], "console.error('Ran 0 tests in 0.000s')");
      assert.match(check('test').out, /test \(Python\): failed: it ran no test/);
    });

    for (const [printed, isProof] of [
      ['ok  \\texample.com/a\\t0.01s\\n?   \\texample.com/b\\t[no test files]', true],
      ['?   \\texample.com/b\\t[no test files]', undefined],
      ['ok  \\texample.com/a\\t0.01s [no tests to run]', undefined],
    ] as const) {
      it(`of Go vet and test, and ${isProof ? 'count' : 'do not count'} ${printed.slice(0, 20)}`, () => {
        folder.write('go.mod', 'module example.com/a\n');
        tool('go', `if (args[0] === 'test') console.log('${printed}');`);
        const told = check();
        assert.deepEqual(called(told), ['> go vet ./...', '> go vet ./...', '> go test ./...']);
        assert.equal(told.code, isProof ? 0 : 1, told.out);
      });
    }

    it('of Rust check and test, with clippy where it is installed', () => {
      folder.write('Cargo.toml', '');
      tool('cargo', "if (args[0] === 'test') console.log('running 0 tests\\nrunning 3 tests');");
      const told = check();
      assert.equal(told.code, 0, told.err);
      assert.deepEqual(called(told), ['> cargo check --quiet --all-targets', '> cargo test']);
      assert.match(told.out, /clippy is not installed/);
      tool('cargo-clippy');
      assert.deepEqual(called(check('lint')), ['> cargo clippy --quiet --all-targets']);
      tool('cargo', "console.log('running 0 tests');");
      assert.equal(check('test').code, 1);
    });

    it('fail where the language itself is not installed', () => {
      folder.write('go.mod', '');
      const { code, out } = check('types');
      assert.equal(code, 1);
      assert.match(out, /types \(Go\): failed: it could not be started: spawn go ENOENT/);
    });

    it('are content with the tests of one of two languages', () => {
      folder.write('package.json', '{"scripts": {"lint": "x"}}');
      folder.write('Cargo.toml', '');
      tool('npm');
      tool('cargo', "console.log('running 1 test');");
      const { code, out } = check('test');
      assert.equal(code, 0);
      assert.match(out, /test \(Node\): not there/);
    });

    it('say what is wrong with a package.json', () => {
      folder.write('package.json', '{');
      assert.match(check('lint').err, /^package\.json is no JSON: /);
    });
  });

  describe('of a contract', () => {
    const judgeContract = (contract: unknown, ...args: readonly string[]): Judged => {
      folder.write('contracts/contract.json', JSON.stringify(contract));
      return judge('checkContract.mjs', ['contracts/contract.json', ...args]);
    };

    it('find nothing wrong with a good one', () => {
      assert.deepEqual(judgeContract(CONTRACT), {
        code: 0,
        out: 'contracts/contract.json: 3 tests, nothing wrong\n',
        err: '',
      });
    });

    it('say of any that its schema allows what Sluice itself says', () => {
      const name = fc.constantFrom(
        'searchTasks',
        'TaskStore',
        'TaskStore.get',
        'Task',
        'Other',
        'x y',
      );
      const change = fc.oneof(
        fc.tuple(
          fc.constantFrom('/tests/0/covers', '/tests/1/covers'),
          fc.array(name, { minLength: 1 }),
        ),
        fc.tuple(
          fc.constantFrom('/interfaces/0/name', '/interfaces/2/name', '/data_models/0/name'),
          name,
        ),
        fc.tuple(fc.constantFrom('/tests/0/id', '/tests/2/id'), fc.constantFrom('T2', 't2', 'T9')),
      );
      fc.assert(
        fc.property(change, ([pointer, value]) => {
          const contract = contractWith(pointer, value);
          const said = judgeContract(contract)
            .err.split('\n')
            .filter((line) => line.startsWith('/'));
          assert.deepEqual(said, contractProblems(JSON.stringify(contract)));
        }),
        { numRuns: 15 },
      );
    });

    it('want each of its tests written, by its id', () => {
      folder.write('tests/acceptance/test_search.py', 'def test_t1_finds(): pass\n');
      folder.write('test/acceptance/store.test.js', "it('T2 tells', () => {});\n");
      folder.write('test/acceptance/a_test.go', 'func TestT3Answers(t *testing.T) {}\n');
      assert.equal(judgeContract(CONTRACT, '--tested').code, 0);
      folder.write('test/acceptance/a_test.go', 'func TestT34Answers() {} // NOT3, T3x\n');
      folder.write('test/unit/a.test.js', "it('T3 answers', () => {});\n");
      folder.write('node_modules/acceptance/T3.js', 'T3');
      const { code, err } = judgeContract(CONTRACT, '--tested');
      assert.equal(code, 1);
      assert.equal(
        err,
        'The contract contracts/contract.json is not kept or not whole:\n/tests/2 (T3, "answers a search over HTTP") is in no acceptance test: write it, with T3 in its name.\n',
      );
    });

    it('say so where there is none', () => {
      assert.match(
        judge('checkContract.mjs', ['contracts/none.json']).err,
        /^The contract contracts\/none\.json cannot be read: ENOENT/,
      );
      assert.match(judge('checkContract.mjs', []).err, /^Name one contract/);
    });
  });
});
