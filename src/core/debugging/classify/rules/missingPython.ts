import { isKnownModule, isOwnModuleName, pipInstall, pipPackage } from '../packages.ts';
import { isShownAsOwn } from '../places.ts';
import type { LogRule, Seen } from '../rule.ts';

const kind = 'missing_dependency';

/** What pytest has options and fixtures of only with a plugin. */
const PYTEST_OPTIONS: Readonly<Record<string, string>> = {
  '--asyncio-mode': 'pytest-asyncio',
  '--benchmark-only': 'pytest-benchmark',
  '--cov': 'pytest-cov',
  '--cov-report': 'pytest-cov',
  '--html': 'pytest-html',
  '--json-report': 'pytest-json-report',
  '--mypy': 'pytest-mypy',
  '--numprocesses': 'pytest-xdist',
  '--reruns': 'pytest-rerunfailures',
  '--timeout': 'pytest-timeout',
  '-n': 'pytest-xdist',
};
const PYTEST_FIXTURES: Readonly<Record<string, string>> = {
  aiohttp_client: 'pytest-aiohttp',
  benchmark: 'pytest-benchmark',
  freezer: 'pytest-freezer',
  httpserver: 'pytest-httpserver',
  httpx_mock: 'pytest-httpx',
  mocker: 'pytest-mock',
  requests_mock: 'requests-mock',
};

/** What Python and its tools say of packages that are not there. */
export const MISSING_PYTHON_RULES: readonly LogRule[] = [
  {
    name: 'python-module',
    kind,
    pattern:
      /^(?:[^\s:]{1,200}:\d+: |(?:FAILED|ERROR) .{1,200}? - )?(?:\w+\.)*(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)/,
    holds: isForeignModule,
    says: 'A Python package is not installed',
    autoFix: ({ group }) => pipInstall(group),
  },
  {
    name: 'python-dash-m',
    kind,
    pattern:
      /^\S*python[\d.]*(?:\.exe)?: (?:.{0,200}\(ModuleNotFoundError: )?No module named '?([\w.]+)/,
    holds: isForeignModule,
    says: 'A Python package is not installed',
    autoFix: ({ group }) => pipInstall(group),
  },
  {
    name: 'python-other-version',
    kind,
    pattern: /^ImportError: cannot import name '[^']+' from '([\w.]+)' \(.*(?:site|dist)-packages/,
    says: 'The installed version of a Python package does not have what is imported from it',
  },
  {
    name: 'python-distribution',
    kind,
    pattern:
      /^(?:\w+\.)*(?:PackageNotFoundError: No package metadata was found for|DistributionNotFound: The '?|VersionConflict: \(?)\s?([\w.-]+)/,
    says: 'A Python package is not installed as it is asked for',
    autoFix: ({ group }) => pipPackage(group),
  },
  {
    name: 'pip-finds-none',
    kind,
    pattern:
      /^(?:ERROR: )?(?:Could not find a version that satisfies the requirement|No matching distribution found for|ResolutionImpossible)/,
    says: 'No version of a Python package is as it is asked for',
  },
  {
    name: 'pytest-plugin-option',
    kind,
    pattern: /error: unrecognized arguments: (?:\S+ )*?(--?[a-z-]+)/,
    holds: ({ group }) => Object.hasOwn(PYTEST_OPTIONS, group),
    says: 'A plugin of pytest is not installed',
    autoFix: ({ group }) => pipPackage(PYTEST_OPTIONS[group] ?? ''),
  },
  {
    name: 'pytest-plugin-fixture',
    kind,
    pattern: /^fixture '(\w+)' not found/,
    holds: ({ group }) => Object.hasOwn(PYTEST_FIXTURES, group),
    says: 'A plugin of pytest is not installed',
    autoFix: ({ group }) => pipPackage(PYTEST_FIXTURES[group] ?? ''),
  },
  {
    name: 'pytest-async',
    kind,
    pattern: /^(?:Failed: )?async def functions are not natively supported/,
    says: 'A plugin of pytest for async tests is not installed',
    autoFix: () => pipPackage('pytest-asyncio'),
  },
  {
    name: 'mypy-stubs',
    kind,
    pattern: /: error: Library stubs not installed for "([\w.-]+)"/,
    says: 'The types of a Python package are not installed',
    autoFix: ({ lines, at, group }) =>
      pipPackage(
        lines
          .slice(at, at + 3)
          .flatMap(({ text }) => /pip install (types-[\w.-]+)"/.exec(text)?.[1] ?? [])[0] ??
          `types-${group}`,
      ),
  },
  {
    name: 'mypy-module',
    kind,
    pattern: /: error: Cannot find implementation or library stub for module named "([\w.]+)"/,
    holds: isForeignModule,
    says: 'A Python package is not installed',
    autoFix: ({ group }) => pipInstall(group),
  },
  {
    name: 'pyright-module',
    kind,
    pattern: /error: Import "([\w.]+)" could not be resolved/,
    holds: isForeignModule,
    says: 'A Python package is not installed',
    autoFix: ({ group }) => pipInstall(group),
  },
  {
    name: 'python-program',
    kind,
    pattern: /^FileNotFoundError: \[(?:Errno|WinError) 2\] .{1,100}: '([\w+-]+)'$/,
    // A file that is opened looks the same; only who raised it tells.
    holds: ({ lines, at }) =>
      lines.slice(Math.max(0, at - 12), at).some(({ text }) => text.includes('subprocess.py')),
    says: 'A program is not installed',
  },
];

/** `app.prices`: `app` was found, so it is a part that is missing; whose, the log shows where it names its files. */
function isForeignModule({ lines, group }: Seen): boolean {
  const [top = '', part] = group.split('.');
  if (isOwnModuleName(top)) {
    return false;
  }
  return (part === undefined && isKnownModule(top)) || !isShownAsOwn(lines, top);
}
