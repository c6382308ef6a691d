import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { filesIn, isFile, isOnPath, NOT_OURS } from './here.mjs';

/** Where a project says which tools are its own. */
const SAYS = [
  ...['pyproject.toml', 'setup.cfg', 'setup.py', 'tox.ini', 'Pipfile', 'noxfile.py'],
  ...['requirements.txt', 'requirements-dev.txt', 'dev-requirements.txt', 'requirements/dev.txt'],
  ...['.pre-commit-config.yaml'],
];
/** Files that are a tool's own, and so say it too. */
const CONFIGURES = {
  ruff: ['ruff.toml', '.ruff.toml'],
  flake8: ['.flake8'],
  mypy: ['mypy.ini', '.mypy.ini'],
  pyright: ['pyrightconfig.json'],
  bandit: ['.bandit', 'bandit.yaml', 'bandit.yml'],
  'pip-audit': [],
  pytest: ['pytest.ini', '.pytest.ini', 'conftest.py'],
};
/** Files of tests that are read to see how they are written. */
const MOST_TEST_FILES = 200;

/** @returns {import('./projects.mjs').Project} */
export function python() {
  const program = interpreter();
  const said = SAYS.filter(isFile)
    .map((file) => fs.readFileSync(file, 'utf8'))
    .join('\n');
  const installed = program === undefined ? new Set() : modulesOf(program);
  const isOwn = (tool) =>
    new RegExp(`(?<![\\w-])${tool}(?![\\w-])`, 'i').test(said) || CONFIGURES[tool].some(isFile);
  const isThere = (tool) => installed.has(tool) || isOnPath(tool);
  const call = (tool, args) =>
    installed.has(tool) ? [program, '-m', tool.replace('-', '_'), ...args] : [tool, ...args];

  /** The first of the project's own that is installed. */
  const first = (candidates) => {
    const own = Object.keys(candidates).filter(isOwn);
    const found = own.find(isThere);
    const names = Object.keys(candidates).join(' nor ');
    return found === undefined
      ? {
          why:
            own.length === 0
              ? `neither ${names} is the project's own`
              : `${own.join(' and ')}: named by the project and not installed`,
        }
      : { command: call(found, candidates[found]) };
  };
  const tests = () => {
    if (program === undefined) {
      // Named all the same: that it cannot be started is then the failure.
      return { command: ['python3', '-m', 'unittest', 'discover'] };
    }
    const usesPytest = isOwn('pytest') || !looksLikeUnittest();
    return usesPytest && isThere('pytest')
      ? { command: call('pytest', ['-p', 'no:cacheprovider']) }
      : {
          command: [program, '-m', 'unittest', 'discover', ...discovery()],
          counts: /^Ran (\d+) tests?/gm,
          isTold: true,
        };
  };
  return {
    language: 'Python',
    checks: {
      lint: () =>
        first({ ruff: ['check', '.'], flake8: ['--extend-exclude', NOT_OURS.join(','), '.'] }),
      types: () => first({ mypy: hasOwnFiles(said) ? [] : ['.'], pyright: [] }),
      security: () =>
        first({
          bandit: ['-q', '-ll', '-r', '.', '-x', NOT_OURS.map((one) => `./${one}`).join(',')],
          'pip-audit': isFile('requirements.txt') ? ['-r', 'requirements.txt'] : [],
        }),
      test: tests,
    },
  };
}

/** The project's own before the machine's. */
function interpreter() {
  const own = [
    '.venv/bin/python',
    '.venv/Scripts/python.exe',
    'venv/bin/python',
    'venv/Scripts/python.exe',
  ];
  const found = own.find(isFile);
  return found === undefined ? ['python3', 'python'].find(isOnPath) : path.resolve(found);
}

/** Tools that the interpreter has as modules, by the names they are called by. */
function modulesOf(program) {
  // What lies in the folder itself is no tool, whatever it is called.
  const script =
    'import sys; sys.path.pop(0)\nfrom importlib.util import find_spec\nprint(*(n for n in sys.argv[1:] if find_spec(n.replace("-", "_"))))';
  const { stdout } = spawnSync(program, ['-c', script, ...Object.keys(CONFIGURES)], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return new Set((stdout ?? '').split(/\s+/).filter((name) => name !== ''));
}

function hasOwnFiles(said) {
  const own = ['mypy.ini', '.mypy.ini'].filter(isFile).map((file) => fs.readFileSync(file, 'utf8'));
  return /^\s*(?:files|packages|modules)\s*=/m.test(
    [...own, /\[(?:tool\.)?mypy\][^[]*/.exec(said)?.[0] ?? ''].join('\n'),
  );
}

function discovery() {
  const folder = ['tests', 'test'].find((name) => fs.existsSync(name));
  if (folder === undefined) {
    return [];
  }
  return isFile(`${folder}/__init__.py`) ? ['-s', folder, '-t', '.'] : ['-s', folder];
}

/** Tests that are plain functions are found by pytest alone. */
function looksLikeUnittest() {
  const ownFiles = fs.readdirSync('.').filter(isFile);
  return [...filesIn('tests'), ...filesIn('test'), ...ownFiles]
    .filter((file) => /^(?:test_.*|.*_test)\.py$/.test(path.basename(file)))
    .slice(0, MOST_TEST_FILES)
    .some((file) => /\bunittest\b/.test(fs.readFileSync(file, 'utf8')));
}
