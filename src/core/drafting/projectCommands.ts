// How a project proves itself, as its own files say it. What is read here is told to the planner: a command that is not
// there is left out rather than guessed.

/** A command of the project. */
export interface ProjectCommand {
  /** What it is for, as people call it: `test`, `lint`. */
  readonly what: string;
  /** A line for the shell. */
  readonly line: string;
  /** The file that says so. */
  readonly from: string;
}

/** Files that are looked at, by their names in the folder. */
export const MANIFESTS = [
  ...['package.json', 'pyproject.toml', 'pytest.ini', 'tox.ini', 'Cargo.toml', 'go.mod'],
  ...['Makefile', 'tsconfig.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'],
  ...['uv.lock', 'poetry.lock'],
] as const;
export type Manifest = (typeof MANIFESTS)[number];

/** Scripts and targets that prove something, by the names people give them. */
const PROVING =
  /^(?:test|lint|types?|type-?check|check-?types|check|tsc|verify|format[:-]check|build)$/;

/** @param files texts of those that are there */
export function projectCommands(files: ReadonlyMap<Manifest, string>): ProjectCommand[] {
  const found = [...ofNode(files), ...ofPython(files), ...ofRustAndGo(files), ...ofMake(files)];
  const seen = new Set<string>();
  return found.filter(({ line }) => !seen.has(line) && seen.add(line));
}

function ofNode(files: ReadonlyMap<Manifest, string>): ProjectCommand[] {
  const text = files.get('package.json');
  if (text === undefined) {
    return [];
  }
  const from = 'package.json';
  const runner = nodeRunner(files);
  const scripts = scriptsOf(text).filter((name) => PROVING.test(name));
  const own = scripts.map((what): ProjectCommand => {
    const line = what === 'test' ? `${runner} test` : `${runner} run ${what}`;
    return { what, line: runner === 'bun' ? `bun run ${what}` : line, from };
  });
  const checksTypes = scripts.some((name) => /type|tsc/.test(name));
  return files.has('tsconfig.json') && !checksTypes
    ? [...own, { what: 'types', line: 'npx tsc --noEmit', from: 'tsconfig.json' }]
    : own;
}

function nodeRunner(files: ReadonlyMap<Manifest, string>): string {
  return files.has('pnpm-lock.yaml')
    ? 'pnpm'
    : files.has('yarn.lock')
      ? 'yarn'
      : files.has('bun.lock') || files.has('bun.lockb')
        ? 'bun'
        : 'npm';
}

/** Names of its scripts, without the one that `npm init` writes for a test there is not. */
function scriptsOf(text: string): string[] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    // npm says what is wrong with it better than we could.
    return [];
  }
  const scripts = (manifest as { scripts?: unknown } | null)?.scripts;
  return typeof scripts !== 'object' || scripts === null
    ? []
    : Object.entries(scripts).flatMap(([name, line]) =>
        typeof line === 'string' && !line.includes('no test specified') ? name : [],
      );
}

function ofPython(files: ReadonlyMap<Manifest, string>): ProjectCommand[] {
  const project = files.get('pyproject.toml') ?? '';
  const prefix = files.has('uv.lock') ? 'uv run ' : files.has('poetry.lock') ? 'poetry run ' : '';
  const command = (what: string, line: string, from = 'pyproject.toml'): ProjectCommand => {
    return { what, line: `${prefix}${line}`, from };
  };
  const names = (tool: string) =>
    new RegExp(`^\\[tool\\.${tool}\\b|^\\s*["']?${tool}\\b`, 'm').test(project);
  return [
    ...(names('pytest') ? [command('test', 'python -m pytest')] : []),
    ...(files.has('pytest.ini') ? [command('test', 'python -m pytest', 'pytest.ini')] : []),
    ...(files.has('tox.ini') ? [command('test', 'tox', 'tox.ini')] : []),
    ...(names('ruff') ? [command('lint', 'ruff check .')] : []),
    ...(names('mypy') ? [command('types', 'mypy .')] : []),
    ...(names('pyright') ? [command('types', 'pyright')] : []),
  ];
}

function ofRustAndGo(files: ReadonlyMap<Manifest, string>): ProjectCommand[] {
  const cargo = { from: 'Cargo.toml' } as const;
  const go = { from: 'go.mod' } as const;
  return [
    ...(files.has('Cargo.toml')
      ? [
          { what: 'test', line: 'cargo test', ...cargo },
          { what: 'types', line: 'cargo check', ...cargo },
        ]
      : []),
    ...(files.has('go.mod')
      ? [
          { what: 'test', line: 'go test ./...', ...go },
          { what: 'lint', line: 'go vet ./...', ...go },
        ]
      : []),
  ];
}

function ofMake(files: ReadonlyMap<Manifest, string>): ProjectCommand[] {
  const text = files.get('Makefile') ?? '';
  const targets = [...text.matchAll(/^([A-Za-z][\w-]*)\s*:(?!=)/gm)].map(([, name = '']) => name);
  return [...new Set(targets)]
    .filter((name) => PROVING.test(name))
    .map((what) => ({ what, line: `make ${what}`, from: 'Makefile' }));
}
