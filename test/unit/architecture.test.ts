import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

// The import table of ARCHITECTURE.md, enforced. A row says whom a room may import; `type` arrows
// carry types only and vanish from the program.

const SRC = path.resolve('src');

type Arrow = 'any' | 'type';

const SIBLINGS = [
  'core/journal',
  'core/git',
  'core/artifacts',
  'core/workspaces',
  'core/runners',
  'core/models',
  'core/tools',
  'core/cache',
  'core/planning',
  'core/preflight',
  'core/debugging',
  'core/compare',
] as const;

const GROUND: Record<string, Arrow> = {
  'core/base': 'any',
  'core/domain': 'any',
  'core/graph': 'any',
};

const TABLE: Readonly<Record<string, Readonly<Record<string, Arrow>>>> = {
  'core/base': {},
  'core/graph': { 'core/base': 'any' },
  'core/domain': { 'core/base': 'any' },
  ...Object.fromEntries(SIBLINGS.map((room) => [room, GROUND])),
  'core/definitions': GROUND,
  'core/language': { ...GROUND, 'core/definitions': 'any' },
  // Drafts are read by the folder's own readers, and written as its files are.
  'core/drafting': { ...GROUND, 'core/definitions': 'any' },
  'core/starters': { 'core/base': 'any', 'core/domain': 'any' },
  'core/projections': { ...GROUND, 'core/journal': 'any' },
  // The fold is the engine's memory; the other rooms reach it as parts.
  'core/engine': { ...GROUND, 'core/journal': 'any' },
  core: {
    ...GROUND,
    ...Object.fromEntries(SIBLINGS.map((room) => [room, 'any' as const])),
    'core/definitions': 'any',
    'core/language': 'any',
    'core/drafting': 'any',
    'core/starters': 'any',
    'core/projections': 'any',
    'core/engine': 'any',
  },
  cli: {
    core: 'any',
    'core/base': 'any',
    'core/domain': 'any',
    'core/models': 'any',
    'core/projections': 'any',
    'core/preflight': 'any',
    'core/compare': 'any',
    'core/starters': 'any',
    'core/engine': 'type',
    'core/definitions': 'type',
  },
  vscode: {
    core: 'any',
    'core/base': 'any',
    'core/domain': 'any',
    'core/models': 'any',
    'core/projections': 'any',
    'core/preflight': 'any',
    'core/compare': 'any',
    'core/starters': 'any',
    'core/definitions': 'type',
    'core/language': 'type',
    'core/tools': 'type',
    webview: 'type',
  },
  webview: { 'core/projections': 'type' },
  entry: { cli: 'any', vscode: 'any' },
};

/** Who may use what VS Code, packages and Node give. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  // The AI SDK's types alone: VS Code's models are shown to it as its own.
  vscode: ['vscode', '@ai-sdk/provider'],
  'core/base': ['ajv'],
  'core/artifacts': ['ajv', 'node-diff3'],
  'core/cache': ['lru-cache', 'zod'],
  'core/debugging': ['zod'],
  'core/definitions': ['ajv', 'yaml', 'zod', 'p-limit'],
  'core/engine': ['p-limit'],
  'core/journal': ['zod'],
  'core/git': ['isomorphic-git', 'p-limit'],
  'core/models': [
    'ai',
    '@ai-sdk/anthropic',
    '@ai-sdk/google',
    '@ai-sdk/openai',
    '@ai-sdk/openai-compatible',
    '@ai-sdk/provider',
    'zod',
  ],
  'core/runners': ['@agentclientprotocol/sdk', 'zod'],
  'core/tools': ['@modelcontextprotocol/sdk', 'ajv', 'p-limit', 'zod'],
  'core/starters': ['zod'],
  'core/workspaces': ['p-limit'],
  cli: ['commander', 'node-diff3'],
  webview: ['uplot'],
  entry: ['vscode'],
};

interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

describe('the rooms of the house', () => {
  const imports = filesIn(SRC).flatMap(importsOf);

  it('import only whom the table allows', () => {
    const breaches = imports.flatMap((one) => {
      const why = breachOf(one);
      return why === undefined ? [] : [`${one.file}:${one.line} imports ${one.specifier}: ${why}`];
    });
    assert.deepEqual(breaches, []);
  });

  it('load by import() only packages that are modules: of others the bundler gives no names', () => {
    const found = filesIn('src').flatMap((file) =>
      [...fs.readFileSync(file, 'utf8').matchAll(/\bimport\('([^'.][^']*)'\)/g)].flatMap(
        ([, name = '']) =>
          name.startsWith('node:') || isModule(name) ? [] : `${file} loads ${name}`,
      ),
    );
    assert.deepEqual(found, []);
  });

  it('have no import cycles', () => {
    const edges = new Map<string, string[]>();
    for (const { file, specifier, typeOnly } of imports) {
      const target = targetOf(file, specifier);
      if (target !== undefined && !typeOnly) {
        edges.set(file, [...(edges.get(file) ?? []), target]);
      }
    }
    assert.equal(findCycle(edges)?.join(' -> '), undefined);
  });

  it('hold no file of more than 450 lines', () => {
    const long = filesIn(SRC).filter(
      (file) => fs.readFileSync(file, 'utf8').split('\n').length > 451,
    );
    assert.deepEqual(long, []);
  });
});

function breachOf({ file, specifier, typeOnly }: Import): string | undefined {
  const room = roomOf(file);
  if (!specifier.startsWith('.')) {
    const allowed = specifier.startsWith('node:')
      ? room !== 'webview' && room !== 'core/graph'
      : PACKAGES[room]?.includes(packageName(specifier));
    return allowed === true ? undefined : `${room} may not use this package`;
  }
  const target = targetOf(file, specifier);
  if (target === undefined) {
    // JSON is a part of whoever imports it.
    return specifier.endsWith('.json') && fs.existsSync(path.resolve(path.dirname(file), specifier))
      ? undefined
      : 'there is no such file';
  }
  const targetRoom = roomOf(target);
  if (targetRoom === room) {
    return undefined;
  }
  const arrow = TABLE[room]?.[targetRoom];
  if (arrow === undefined) {
    return `${room} may not import ${targetRoom}`;
  }
  return arrow === 'type' && !typeOnly
    ? `${room} may import only types of ${targetRoom}`
    : undefined;
}

function roomOf(file: string): string {
  const parts = path.relative('src', file).split(path.sep);
  if (parts.length === 1) {
    return 'entry';
  }
  const [top = '', second = ''] = parts;
  return top === 'core' && parts.length > 2 ? `core/${second}` : top;
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function targetOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) {
    return undefined;
  }
  const target = path.relative('.', path.resolve(path.dirname(file), specifier));
  return target.endsWith('.ts') && fs.existsSync(target) ? target : undefined;
}

/** By what the package says of itself. */
function isModule(specifier: string): boolean {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';
  const manifest = path.join('node_modules', name, 'package.json');
  const { type, exports } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as {
    readonly type?: string;
    readonly exports?: unknown;
  };
  return type === 'module' || JSON.stringify(exports ?? null).includes('"import"');
}

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.relative('.', path.join(folder, name)))
    .sort();
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(
    file,
    fs.readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const specifier =
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined;
    if (specifier !== undefined && ts.isStringLiteral(specifier)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ file, line: line + 1, specifier: specifier.text, typeOnly: isTypeOnly(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isExportDeclaration(node)) {
    return node.isTypeOnly;
  }
  if (!ts.isImportDeclaration(node)) {
    return false;
  }
  const clause = node.importClause;
  if (clause === undefined || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) {
    return clause !== undefined;
  }
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): string[] | undefined => {
    const at = way.indexOf(file);
    if (at !== -1) {
      return [...way.slice(at), file];
    }
    if (done.has(file)) {
      return undefined;
    }
    way.push(file);
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle !== undefined) {
        return cycle;
      }
    }
    way.pop();
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const cycle = visit(file);
    if (cycle !== undefined) {
      return cycle;
    }
  }
  return undefined;
}
